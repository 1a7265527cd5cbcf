import type { RedisCounters, RedisModule, RedisSeen } from '../../domain/backup/redis-seen';
import { readRoom, roomHelper } from '../free-room';
import { readSections, sectionHelpers } from '../remote-script';

/** How the client reaches the server; without a host by its default, 127.0.0.1:6379. */
export interface RedisAddress {
  readonly host: string | null;
  readonly port: string | null;
  readonly user: string | null;
  readonly tls: boolean;
}

/** What a `redis://` or `rediss://` URL says; null = it is none. */
export function readRedisUrl(
  url: string,
): { readonly address: RedisAddress; readonly password: string | null } | null {
  const { protocol, hostname, port, username, password } = parsed(url) ?? { protocol: '' };
  if (!['redis:', 'rediss:', 'valkey:', 'valkeys:'].includes(protocol)) return null;
  const tls = protocol === 'rediss:' || protocol === 'valkeys:';
  return {
    address: {
      host: hostname?.replace(/^\[(.*)\]$/, '$1') ?? null,
      port: port === '' || port === undefined ? null : port,
      user: decoded(username),
      tls,
    },
    password: decoded(password),
  };
}

function parsed(url: string): URL | null {
  return URL.canParse(url) ? new URL(url) : null;
}

const decoded = (part: string | undefined): string | null =>
  part === undefined || part === '' ? null : decodeURIComponent(part);

/** Options of the client; the password is in its environment. */
export function addressWords({ host, port, user, tls }: RedisAddress): readonly string[] {
  return [
    ...(host === null ? [] : ['-h', host]),
    ...(port === null ? [] : ['-p', port]),
    ...(user === null ? [] : ['--user', user]),
    ...(tls ? ['--tls'] : []),
  ];
}

/** The password is the first line of stdin; an empty one means there is none. `$client` is then the client, `$@` its options. */
const clientHelper = `umask 077
IFS= read -r REDISCLI_AUTH || :
if [ -n "$REDISCLI_AUTH" ]; then export REDISCLI_AUTH; else unset REDISCLI_AUTH; fi
client=
for name in valkey-cli redis-cli; do command -v "$name" >/dev/null 2>&1 && { client=$name; break; }; done
`;

/**
 * Read-only; `$@` are the client's options. Exit codes say little: without `-e`, which clients before 7.0 do not know, an error that the
 * server answers ends with 0. So what is answered is read strictly.
 */
export const redisLookScript = `${sectionHelpers}${roomHelper}${clientHelper}
[ -n "$client" ] || exit 0
say client "$("$client" --version 2>&1)"
ask() { section=$1 words=$2; shift 2; "$client" "$@" $words 2>&1 </dev/null | put "$section"; }
ask info INFO "$@"
for key in dir databases repl-diskless-sync stop-writes-on-bgsave-error save dbfilename appendonly appenddirname appendfilename; do
  ask config "CONFIG GET $key" "$@"
done
ask replconf 'REPLCONF capa eof' "$@"
ask sync 'COMMAND INFO sync' "$@"
user=$("$client" "$@" ACL WHOAMI 2>/dev/null </dev/null)
say user "$user"
ask dryrun "ACL DRYRUN $user SYNC" "$@"
ask modules '--json MODULE LIST' "$@"
dir=$("$client" "$@" CONFIG GET dir 2>/dev/null </dev/null | sed -n 2p)
[ ! -d "$dir" ] || room "$dir"
exit 0
`;

/** Prints INFO. */
export const redisInfoScript = `${clientHelper}exec "$client" "$@" INFO </dev/null`;

/** Streams an RDB to stdout. */
export const redisDumpScript = `${clientHelper}exec "$client" "$@" --rdb - </dev/null`;

/**
 * Host's side of a dump: `$1` file, `$2` what the client says, the rest its argv. To stdout the client also sends the mark of 40 bytes
 * that ends a diskless transfer, which it cuts off a file of its own; so the file is cut here, at the length that it names. Prints how
 * the RDB came: `diskless` or `disk`.
 */
export const redisReceiveScript = `to=$1 said=$2; shift 2
"$@" >"$to" 2>"$said"
code=$?
if [ "$code" -ne 0 ]; then grep -v '^sending REPLCONF' "$said" | tail -n 2 >&2; rm -f "$said"; exit "$code"; fi
way=diskless bytes=$(sed -n 's/^Transfer finished with success after \\([0-9]*\\) bytes.*/\\1/p' "$said")
if [ -z "$bytes" ]; then way=disk bytes=$(sed -n 's/^SYNC sent to .* writing \\([0-9]*\\) bytes to .*/\\1/p' "$said"); fi
rm -f "$said"
[ -n "$bytes" ] || { echo 'the client did not say how many bytes were sent' >&2; exit 3; }
came=$(wc -c <"$to")
[ "$came" -ge "$bytes" ] || { echo "$came bytes came of the $bytes that were sent" >&2; exit 3; }
truncate -s "$bytes" "$to" || exit 3
echo "$way"
`;

/** Reads an RDB from stdin to its end. */
export const redisCheckScript = `for check in valkey-check-rdb redis-check-rdb; do
  command -v "$check" >/dev/null 2>&1 && exec "$check" /dev/stdin
done
echo 'neither valkey-check-rdb nor redis-check-rdb is there' >&2; exit 127`;

/** INFO as keys and values; empty when the answer is none, an error for instance. */
export function parseInfo(text: string): ReadonlyMap<string, string> {
  const lines = text.split(/\r?\n/).map((line) => /^([a-z0-9_]+):(.*)$/i.exec(line));
  return new Map(lines.flatMap((hit) => (hit === null ? [] : [[hit[1] ?? '', hit[2] ?? '']])));
}

/** The counters of one INFO. */
export function parseCounters(info: ReadonlyMap<string, string>): RedisCounters {
  const figure = (key: string): number => Number(info.get(key) ?? 0);
  return {
    keys: parseKeys(info),
    changes: figure('rdb_changes_since_last_save'),
    saves: `${info.get('rdb_saves') ?? ''} ${info.get('rdb_last_save_time') ?? ''}`,
    commands: figure('total_commands_processed'),
    removed: figure('expired_keys') + figure('evicted_keys'),
  };
}

/** Keys by database: `db0: 12`; databases without a key are not there. */
export function parseKeys(info: ReadonlyMap<string, string>): Readonly<Record<string, number>> {
  const databases = [...info].filter(([key]) => /^db\d+$/.test(key));
  return Object.fromEntries(
    databases.map(([key, value]) => [key, Number(/^keys=(\d+)/.exec(value)?.[1])]),
  );
}

/** How many keys the checker found; null when it said nothing of the kind. */
export function parseKeysRead(stdout: string): number | null {
  const hit = /(\d+) keys read/.exec(stdout);
  return hit === null ? null : Number(hit[1]);
}

/** Reads what the look script printed. */
export function parseRedisLook(output: string): RedisSeen {
  const sections = readSections(output);
  const one = (name: string): string => sections.get(name)?.[0]?.trim() ?? '';
  const config = (sections.get('config') ?? []).flatMap((text) => {
    const [key = '', value = ''] = text.split(/\r?\n/);
    return key.includes(' ') ? [] : [[key, value] as const];
  });
  const room = one('room');
  return {
    client: sections.has('client') ? one('client') : null,
    answer: one('info'),
    info: parseInfo(one('info')),
    config: new Map(config),
    replconf: one('replconf'),
    sync: one('sync'),
    // Who may not ask that is told so in its place.
    user: /^(NOPERM|NOAUTH|ERR) /.test(one('user')) ? '' : one('user'),
    dryrun: one('dryrun'),
    modules: parseModules(one('modules')),
    freeBytes: room === '' ? null : readRoom(room).bytes,
  };
}

/** Those that were loaded from a file; others are part of the server. */
function parseModules(json: string): readonly RedisModule[] {
  if (!json.startsWith('[')) return [];
  const modules = JSON.parse(json) as { readonly path?: string; readonly args?: string[] }[];
  return modules.flatMap(({ path = '', args = [] }) => (path === '' ? [] : [{ path, args }]));
}
