import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSettings } from '../../../src/domain/backup/database';
import type { Database } from '../../../src/operations/backup/database';
import type {
  DatabaseEngine,
  Dump,
  OpenScratch,
  Proof,
  Taken,
} from '../../../src/operations/backup/database-engine';
import { connectEngine } from '../../../src/platform/docker-api/docker-api';
import { localHost } from '../../../src/platform/local-host';
import { ownerLabel } from '../owner';
import { docker, runCommand } from '../run-command';
import { sampleSettings } from '../sample-settings';

/** The Node image that the environment keeps for keepers. */
const nodeImage = '127.0.0.1:5000/shiplock/keeper-node:24';

/** Databases in containers of this machine, backed up by their engines alone: what the frame does around them is left out. */
export class DatabaseStand {
  readonly host = localHost();
  readonly folder = mkdtempSync(join(tmpdir(), 'shiplock-database-'));
  readonly #containers: string[] = [];

  /** Starts a container that ends with this stand; gives its id. @param env of the docker command, for its `--env NAME` */
  async run(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    const options = ['--detach', '--stop-timeout', '1', '--label', ownerLabel()];
    const id = await docker(['run', ...options, ...words], { env });
    this.#containers.push(id);
    return id;
  }

  /** A database in a container, or on this machine when there is none. */
  async database(
    container: string | null,
    given: Partial<DatabaseSettings>,
    secrets: Partial<Database['secrets']> = {},
  ): Promise<Database> {
    return {
      settings: sampleSettings({ engine: 'redis', ...given }),
      host: this.host,
      docker: ['docker'],
      nodeImage,
      place: container === null ? { at: 'host' } : await placeOf(container),
      secrets: { password: null, url: null, ...secrets },
      monotonic: () => performance.now(),
    };
  }

  /** Looks, refuses what the frame would refuse, and dumps into a new folder. */
  async take(engine: DatabaseEngine, database: Database): Promise<Taken & { dump: Dump }> {
    const seen = await engine.inspect(database);
    if (seen.problems.length > 0) throw new Error(JSON.stringify(seen.problems));
    const folder = mkdtempSync(join(this.folder, 'backup-'));
    const dump = await engine.dump(database, seen, folder);
    return { folder, dump, manifest: { id: '1-test', database: null, files: [], ...dump.record } };
  }

  /** All of the proof, as the frame asks for it. */
  async prove(engine: DatabaseEngine, database: Database, taken: Taken): Promise<Proof> {
    await engine.readBack(database, taken);
    const place = database.place;
    return engine.prove(database, taken, scratchIn(place.at === 'host' ? null : place.imageId));
  }

  async end(): Promise<void> {
    if (this.#containers.length > 0) {
      await docker(['rm', '--force', '--volumes', ...this.#containers.splice(0)]);
    }
    await this.host.close();
    rmSync(this.folder, { recursive: true });
  }
}

async function placeOf(container: string): Promise<Database['place']> {
  const engine = await connectEngine({ socketPath: '/var/run/docker.sock' });
  const { id, imageId, mounts } = await engine.inspectContainer(container);
  return { at: 'container', id, imageId, project: null, mounts, environment: new Map() };
}

/** Scratch servers as the frame has them. */
export function scratchIn(imageId: string | null): OpenScratch {
  return async (recipe, use) => {
    if (imageId === null) throw new Error('no image to start a scratch server of');
    const words = ['--network', 'none', '--user', '0:0', '--volume', '/scratch'];
    const id = await docker([
      ...['run', '--detach', '--label', ownerLabel(), ...words, '--entrypoint', 'sh'],
      ...[imageId, '-c', recipe.boot],
    ]);
    try {
      while ((await runCommand(['docker', 'exec', id, ...recipe.ready])).code !== 0);
      return await use({ argv: (tool) => ['docker', 'exec', '-i', id, ...tool] });
    } finally {
      await docker(['rm', '--force', '--volumes', id]);
    }
  };
}

/** A dump as the frame hands it to the steps after it. */
export function takenIn(folder: string, dump: Dump): Taken {
  return { folder, manifest: { id: '1-test', database: null, files: [], ...dump.record } };
}
