import { workLabelOf } from '../../../commands/backup/end-work';
import {
  addressWords,
  parseCounters,
  parseInfo,
  parseKeysRead,
  parseRedisLook,
  readRedisUrl,
  redisCheckScript,
  redisDumpScript,
  redisInfoScript,
  redisLookScript,
  redisReceiveScript,
  type RedisAddress,
} from '../../../commands/backup/redis';
import { judgeRedis, redisVersion } from '../../../domain/backup/judge-redis';
import { officialImage } from '../../../domain/backup/official-image';
import { keyWindow } from '../../../domain/backup/key-window';
import { script } from '../../../commands/shell';
import type { RedisCounters } from '../../../domain/backup/redis-seen';
import { ShiplockError } from '../../../errors';
import { toolArgv, type Database } from '../database';
import type {
  DatabaseEngine,
  Dump,
  Inspection,
  Restored,
  RestoreOrder,
  Taken,
} from '../database-engine';
import { runStage } from '../run-stage';
import { proveRdb } from './prove-rdb';
import { restoreRdb } from './restore-rdb';

const file = 'dump.rdb';

/** Redis and Valkey: a snapshot as a replica would get it, without a file on the server's disk. */
export function redisEngine(name: 'redis' | 'valkey'): DatabaseEngine {
  return { name, inspect, dump, readBack, prove: proveRdb, restore };
}

/** Argv of one of the scripts that talk to the server, and the line that they read. */
function clientOf(database: Database, text: string): { argv: readonly string[]; stdin: string } {
  const { password, ...address } = loginOf(database);
  return {
    argv: toolArgv(database, script(text, addressWords(address))),
    stdin: `${password ?? ''}\n`,
  };
}

function loginOf({ settings, secrets }: Database): RedisAddress & { password: string | null } {
  const url = secrets.url === null ? null : readRedisUrl(secrets.url);
  const address = url?.address ?? { host: null, port: null, user: null, tls: false };
  const password = secrets.password ?? url?.password ?? null;
  return { ...address, user: settings.user ?? address.user, password };
}

async function inspect(database: Database): Promise<Inspection> {
  const { argv, stdin } = clientOf(database, redisLookScript);
  const result = await database.host.exec(argv, { stdin });
  if (result.code !== 0) throw unanswered(database, result.stderr);
  const seen = parseRedisLook(result.stdout);
  const { kind, version } = redisVersion(seen.info);
  const user = seen.user === '' ? (loginOf(database).user ?? 'default') : seen.user;
  const { problems, warnings } = judgeRedis({
    ...seen,
    user,
    freeBytes: database.place.at === 'url' ? null : seen.freeBytes,
  });
  return {
    problems,
    warnings,
    serverVersion: version,
    toolVersion: seen.client ?? '',
    sizeBytes: Number(seen.info.get('used_memory') ?? 0),
    standing: [...seen.info.keys()].some((key) => /^db\d+$/.test(key)) ? 'filled' : 'empty',
    officialImage: officialImage(kind, version),
    facts: { ...Object.fromEntries(seen.config), modules: JSON.stringify(seen.modules) },
  };
}

function unanswered({ host, settings }: Database, stderr: string): ShiplockError {
  const said = stderr.split('\n')[0] ?? '';
  return new ShiplockError(
    `${host.name}: ${settings.engine} cannot be looked at: ${said.slice(0, 200)}`,
    { fault: 'remote' },
  );
}

async function dump(database: Database, seen: Inspection, folder: string): Promise<Dump> {
  const before = await countersOf(database);
  const { argv, stdin } = clientOf(database, redisDumpScript);
  const paths = [`${folder}/${file}`, `${folder}/transfer`];
  const received = await runStage(database.host, {
    name: 'redis-cli --rdb',
    folder,
    argv: script(redisReceiveScript, [...paths, ...argv]),
    stdin,
    hint: hintOf,
  });
  const after = await countersOf(database);
  return {
    files: [{ name: file }],
    stages: [received.stage],
    record: {
      toolVersion: seen.toolVersion,
      serverVersion: seen.serverVersion,
      consistency: 'exact',
      position: null,
      filters: [],
      objectCounts: {},
      rowCounts: keyWindow(before, after),
      facts: { ...scratchFacts(seen), transfer: received.stdout.trim() },
    },
  };
}

/** What a scratch server must be like. */
const scratchFacts = ({ facts }: Inspection): Readonly<Record<string, string>> => ({
  databases: facts['databases'] ?? '',
  modules: facts['modules'] ?? '[]',
});

/** A user who may not ask what he may do learns it here. */
function hintOf(said: string): string | undefined {
  if (said.includes('NOPERM')) return 'Allow it: ACL SETUSER <user> +sync +replconf';
  return /unknown command/i.test(said)
    ? "The server has no SYNC: use its service's own backups, or engine: command."
    : undefined;
}

async function countersOf(database: Database): Promise<RedisCounters> {
  return parseCounters(await infoOf(database));
}

async function infoOf(database: Database): Promise<ReadonlyMap<string, string>> {
  const { argv, stdin } = clientOf(database, redisInfoScript);
  const { code, stdout, stderr } = await database.host.exec(argv, { stdin });
  const info = parseInfo(stdout);
  if (code !== 0 || !info.has('redis_version')) throw unanswered(database, stderr + stdout);
  return info;
}

async function restore(database: Database, taken: Taken, order: RestoreOrder): Promise<Restored> {
  const target = await inspect(database);
  return restoreRdb({ database, taken, order, target, liveInfo: () => infoOf(database) });
}

/** Every byte is read and the checksum compared, by the checker of the server's own image; then its keys are counted. */
async function readBack(database: Database, { folder, manifest }: Taken) {
  const { docker, place, host, mark } = database;
  const imageId = place.at === 'host' ? null : place.imageId;
  const check = script(redisCheckScript);
  const labels = mark === undefined ? [] : ['--label', workLabelOf(mark)];
  const contained = ['run', '--rm', '-i', ...labels, '--network', 'none', '--entrypoint', 'sh'];
  const argv = imageId === null ? check : [...docker, ...contained, imageId, ...check.slice(1)];
  const { stage, stdout } = await runStage(host, {
    name: 'check-rdb',
    folder,
    argv,
    from: file,
  });
  const keys = parseKeysRead(stdout);
  const counts = Object.values(manifest.rowCounts);
  const sum = (end: 'min' | 'max'): number =>
    counts.reduce<number>((all, one) => all + (typeof one === 'number' ? one : one[end]), 0);
  if (keys !== null && keys >= sum('min') && keys <= sum('max')) return [stage];
  throw new ShiplockError(
    `${host.name}: the dump holds ${keys ?? 'an unknown number of'} keys, the server had ${sum('min')} to ${sum('max')} while it was taken`,
    { fault: 'remote', hint: 'Take it again; nothing was kept.' },
  );
}
