import type { RedisModule } from '../../domain/backup/redis-seen';
import { quote } from '../shell';

/** What a scratch server must be like to load the same RDB. */
export interface RedisScratch {
  /** Numbered databases; `''` = not known, the default of 16. */
  readonly databases: string;
  readonly modules: readonly RedisModule[];
}

/** Where a server that is not the real one works. */
interface Workplace {
  readonly folder: string;
  readonly file: string;
  /** Names of its append-only files, where it will make some. */
  readonly appendTo?: { readonly folder: string; readonly file: string };
}

/**
 * A server on an RDB that is there already. As somebody's replica it keeps keys whose time is over, which a master would drop while
 * loading: so the count is that of the backup on any later day too.
 */
export function redisServe(
  { databases, modules }: RedisScratch,
  { folder, file, appendTo }: Workplace,
): string {
  const append = Object.entries({
    '--appenddirname': appendTo?.folder ?? '',
    '--appendfilename': appendTo?.file ?? '',
  });
  const words = [
    ...['--dir', folder, '--dbfilename', file, '--port', '0', '--unixsocket', socket],
    ...['--appendonly', 'no', '--save', '', '--replicaof', '127.0.0.1', '1'],
    ...(/^\d+$/.test(databases) ? ['--databases', databases] : []),
    ...append.flatMap(([option, value]) => (value === '' ? [] : [option, value])),
    ...modules.flatMap(({ path, args }) => ['--loadmodule', path, ...args]),
  ];
  return `for server in valkey-server redis-server; do command -v "$server" >/dev/null 2>&1 && exec "$server" ${quote(words)}; done`;
}

/** A scratch server starts when the RDB has come: it reads one only then. */
export function redisBoot(scratch: RedisScratch): string {
  return `mkfifo /scratch/gate && read -r go </scratch/gate
${redisServe(scratch, { folder: '/scratch', file: 'dump.rdb' })}`;
}

const socket = '/tmp/shiplock.sock';

/** Takes the RDB from stdin and lets the scratch server start. */
export const redisLoadScript = 'cat >/scratch/dump.rdb && echo go >/scratch/gate';

/** Asks the scratch server `$@`. */
export const redisScratchAskScript = `for client in valkey-cli redis-cli; do
  command -v "$client" >/dev/null 2>&1 && exec "$client" -s ${socket} "$@"
done`;
