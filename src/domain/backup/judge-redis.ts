import type { Problem } from '../problem';
import type { RedisSeen } from './redis-seen';

/** What a user needs to be allowed; without REPLCONF the server would write the dump to its own disk first. */
const rights = '+ping +info +sync +replconf +config|get';

/** A server's kind and version: Valkey calls itself Redis 7.2 beside its own. */
export function redisVersion(info: RedisSeen['info']): {
  readonly kind: 'redis' | 'valkey';
  readonly version: string;
} {
  const valkey = info.get('valkey_version');
  return valkey === undefined
    ? { kind: 'redis', version: info.get('redis_version') ?? '' }
    : { kind: 'valkey', version: valkey };
}

/** What stands in the way of a dump, and what only should be known. */
export function judgeRedis(seen: RedisSeen): {
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
} {
  const fatal = unreachable(seen);
  if (fatal !== null) return { problems: [fatal], warnings: [] };
  const checks = [olderClient, wrongRole, noSync, noReplconf, noRoom];
  return {
    problems: checks.flatMap((check) => check(seen) ?? []),
    warnings: [brokenSaves, unknownRoom].flatMap((check) => check(seen) ?? []),
  };
}

function unreachable({ client, answer, info, user }: RedisSeen): Problem | null {
  if (client === null) {
    return {
      path: 'engine',
      says: 'there is no redis-cli and no valkey-cli where the database is',
      fix: 'install the tools of the server there (Debian: redis-tools or valkey-tools)',
    };
  }
  if (info.has('redis_version')) return null;
  const said = answer.split('\n')[0] ?? '';
  if (/NOAUTH|WRONGPASS|AUTH failed/.test(answer)) {
    return {
      path: 'password-env',
      says: `the server does not take the login: ${said}`,
      fix: 'give the password by the variable that password-env names, and the user if it is not the default one',
    };
  }
  if (answer.includes('NOPERM')) {
    return { path: 'user', says: `INFO is not allowed: ${said}`, fix: grant(user) };
  }
  return {
    path: '',
    says: `the server does not answer: ${said === '' ? 'nothing came' : said}`,
    fix: 'start it, or correct where it is',
  };
}

const grant = (user: string): string => `ACL SETUSER ${user === '' ? '<user>' : user} ${rights}`;

function olderClient({ client, info }: RedisSeen): Problem | null {
  const server = redisVersion(info);
  const tool = /^(redis|valkey)-cli (\d+)(\S*)/.exec(client ?? '');
  if (tool === null) return null;
  const [, kind, major, rest = ''] = tool;
  const serverMajor = Number(server.version.split('.')[0]);
  // Up to 7.2 both are the same; what later ones write, the other cannot read.
  const strange = kind !== server.kind && serverMajor > 7;
  if (Number(major) >= serverMajor && !strange) return null;
  return {
    path: 'engine',
    says: `the client is ${String(kind)}-cli ${String(major)}${rest}, the server ${server.kind} ${server.version}`,
    fix: `use the tools of ${server.kind} ${server.version} or newer`,
  };
}

function wrongRole({ info }: RedisSeen): Problem | null {
  if (info.get('cluster_enabled') === '1') {
    return {
      path: '',
      says: 'the server is one node of a cluster and has only a part of the keys',
      fix: 'back up each node with a command of your own (engine: command), or by the service that runs the cluster',
    };
  }
  if (info.get('loading') === '1') {
    return {
      path: '',
      says: 'the server is still loading its data',
      fix: 'wait until it has started',
    };
  }
  if (info.get('role') === 'slave' && info.get('master_link_status') !== 'up') {
    return {
      path: '',
      says: 'the server is a replica without a link to its primary',
      fix: 'mend the link, or back up the primary',
    };
  }
  return null;
}

function noSync({ sync, user, dryrun }: RedisSeen): Problem | null {
  if (sync === '') {
    return {
      path: 'engine',
      says: 'the server has no command SYNC, which is how a dump leaves it; services that run Redis for others often take it away',
      fix: "use that service's own backups, or engine: command with a dump of your own",
    };
  }
  if (!/no permissions/.test(dryrun) || dryrun.startsWith('NOPERM')) return null;
  return { path: 'user', says: `user ${user} may not run SYNC`, fix: grant(user) };
}

function noReplconf({ replconf, user }: RedisSeen): Problem | null {
  if (replconf === 'OK') return null;
  return {
    path: 'user',
    says: `REPLCONF is refused (${replconf}); without it the server writes the dump to its own disk first, and refuses writes when that is full`,
    fix: grant(user),
  };
}

/** A failed save to a full disk makes the server refuse all writes: a backup must not be the cause. */
function noRoom(seen: RedisSeen): Problem | null {
  const needed = diskNeeded(seen);
  if (seen.freeBytes === null || seen.freeBytes >= needed) return null;
  return {
    path: '',
    says: `the server writes a dump to its own disk first (${reasonForDisk(seen)}), which has ${seen.freeBytes} bytes free of ${needed} needed; when the save fails it refuses all writes`,
    fix: 'CONFIG SET repl-diskless-sync yes (and in its configuration), or make room',
  };
}

function unknownRoom(seen: RedisSeen): string | null {
  const { config, freeBytes } = seen;
  if (diskNeeded(seen) === 0 || freeBytes !== null) return null;
  return config.has('repl-diskless-sync')
    ? `The server writes a dump to its own disk first (${reasonForDisk(seen)}), and how much room is there cannot be seen. CONFIG SET repl-diskless-sync yes avoids that.`
    : 'Whether the server writes a dump to its own disk first cannot be seen: CONFIG GET is not allowed.';
}

function diskNeeded(seen: RedisSeen): number {
  if (reasonForDisk(seen) === null) return 0;
  return Math.ceil(1.5 * Number(seen.info.get('used_memory') ?? 0));
}

function reasonForDisk({ client, config }: RedisSeen): string | null {
  if (/^redis-cli [0-6]\./.test(client ?? '')) return 'the client is older than 7.0';
  if (config.get('repl-diskless-sync') === 'yes') return null;
  return config.has('repl-diskless-sync') ? 'repl-diskless-sync is no' : 'its settings are unknown';
}

function brokenSaves({ info, config }: RedisSeen): string | null {
  const refuses = config.get('stop-writes-on-bgsave-error') !== 'no' && config.get('save') !== '';
  if (info.get('rdb_last_bgsave_status') !== 'err' || !refuses) return null;
  return 'The last save of the server failed, and it refuses writes until one succeeds (MISCONF). Look at its disk.';
}
