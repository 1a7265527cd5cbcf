import type { RedisModule } from '../../domain/backup/redis-seen';
import { quote } from '../shell';

/** What a scratch server must be like to load the same RDB. */
export interface RedisScratch {
  /** Numbered databases; `''` = not known, the default of 16. */
  readonly databases: string;
  readonly modules: readonly RedisModule[];
}

/**
 * The server starts when the RDB is there: it reads one only then. As somebody's replica it keeps keys whose time is over, which a
 * master would drop while loading: so the count is that of the backup on any later day too.
 */
export function redisBoot({ databases, modules }: RedisScratch): string {
  const loads = modules.flatMap(({ path, args }) => ['--loadmodule', path, ...args]);
  const words = [
    ...['--dir', '/scratch', '--dbfilename', 'dump.rdb', '--port', '0', '--unixsocket', socket],
    ...['--appendonly', 'no', '--save', '', '--replicaof', '127.0.0.1', '1'],
    ...(/^\d+$/.test(databases) ? ['--databases', databases] : []),
    ...loads,
  ];
  return `mkfifo /scratch/gate && read -r go </scratch/gate
for server in valkey-server redis-server; do command -v "$server" >/dev/null 2>&1 && exec "$server" ${quote(words)}; done`;
}

const socket = '/scratch/scratch.sock';

/** Takes the RDB from stdin and lets the scratch server start. */
export const redisLoadScript = 'cat >/scratch/dump.rdb && echo go >/scratch/gate';

/** Prints INFO of the scratch server. */
export const redisScratchInfoScript = `for client in valkey-cli redis-cli; do
  command -v "$client" >/dev/null 2>&1 && exec "$client" -s ${socket} INFO
done`;
