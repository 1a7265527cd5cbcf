import { setTimeout as delay } from 'node:timers/promises';
import { parseInfo, parseKeys } from '../../../commands/backup/redis';
import {
  redisBoot,
  redisLoadScript,
  redisScratchAskScript,
} from '../../../commands/backup/redis-scratch';
import { firstWords } from '../../../commands/backup/stage';
import { script } from '../../../commands/shell';
import { parseJson } from '../../../domain/json';
import type { RedisModule } from '../../../domain/backup/redis-seen';
import { ShiplockError } from '../../../errors';
import { hasOwnScratch, type Database } from '../database';
import type { OpenScratch, Proof, Scratch, Taken } from '../database-engine';
import { runStage } from '../run-stage';

/** Starts a server of its image with the RDB as its data, and counts its keys. */
export async function proveRdb(
  database: Database,
  { folder, manifest }: Taken,
  openScratch: OpenScratch,
): Promise<Proof> {
  const { host } = database;
  const { databases = '', modules = '[]' } = manifest.facts;
  const loaded = parseJson(modules) as readonly RedisModule[];
  const recipe = {
    boot: redisBoot({ databases, modules: loaded }),
    ready: ['test', '-p', '/scratch/gate'],
  };
  return openScratch(recipe, async (scratch) => {
    const begun = performance.now();
    const { stage } = await runStage(host, {
      name: 'load',
      folder,
      argv: scratch.argv(script(redisLoadScript)),
      from: 'dump.rdb',
    });
    const info = await loadedInfo(host, scratch).catch((thrown: unknown) => {
      throw lacksModules(database, loaded) ?? thrown;
    });
    const restoreMs = performance.now() - begun;
    return { stages: [stage], restoreMs, rowCounts: parseKeys(info), objectCounts: {} };
  });
}

/** A published image that a server with modules does not start in. @returns null when nothing speaks for that */
function lacksModules(database: Database, modules: readonly RedisModule[]): ShiplockError | null {
  if (modules.length === 0 || hasOwnScratch(database)) return null;
  const paths = modules.map(({ path }) => path).join(', ');
  return new ShiplockError(
    `${database.host.name}: the scratch server did not take the dump, or does not have the modules of the server: ${paths}`,
    {
      hint: 'It runs in a published image: name one that has them at the same paths in scratch-image, or set verify: read, which proves less.',
      fault: 'remote',
    },
  );
}

/** A server that cannot load its file ends, and its container with it. */
const patienceMs = 20_000;

/** INFO of a server that has loaded its file. */
export async function loadedInfo(
  host: Database['host'],
  scratch: Scratch,
): Promise<ReadonlyMap<string, string>> {
  let heard = performance.now();
  for (;;) {
    const { stdout, stderr } = await host.exec(
      scratch.argv(script(redisScratchAskScript, ['INFO'])),
    );
    const info = parseInfo(stdout);
    if (info.get('loading') === '0') return info;
    if (info.has('loading')) heard = performance.now();
    const gone = /is not running|no such container/i.test(stderr);
    if (gone || performance.now() - heard > patienceMs) {
      throw new ShiplockError(
        `${host.name}: the scratch server did not take the dump: ${firstWords(stderr + stdout)}`,
        { fault: 'remote', hint: 'Take the backup again; this one is not kept.' },
      );
    }
    await delay(200);
  }
}
