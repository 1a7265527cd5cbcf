import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import {
  backupCommand,
  dumpCommand,
  openCommand,
  parseNewestSnapshot,
  parseSummary,
  snapshotsCommand,
  unlockCommand,
} from '../../commands/backup/restic';
import { RemoteFailure, ShiplockError } from '../../errors';
import type { Host } from '../../platform/host';
import { differs, passing, readAll } from './passing';
import { pathOf, type CopyPlace, type Vault } from './vault';

export interface ResticTools {
  /** Where restic runs, with the repository and its keys in the environment: the runner. */
  readonly runner: Host;
  /** The repository as people may read it. */
  readonly repository: string;
  /** Machine that the backups are of; restic groups snapshots by it. */
  readonly hostName: string;
}

const resticMs = 24 * 3_600_000;

/** Copies in a restic repository: one snapshot a file, tagged `shiplock` and with the backup's id, which is not in its path. restic encrypts and deduplicates. */
export function resticVault({ runner, repository, hostName }: ResticTools): Vault {
  const named = (snapshot: string, path: string): string => `${repository} ${snapshot}:${path}`;
  const open = async (snapshot: string, path: string): Promise<Readable> =>
    runner.openStream(dumpCommand(snapshot, path)).catch(notStarted);
  return {
    name: `restic repository ${repository}`,
    check: () => checkRepository(runner, repository),
    put: async (place, source) => {
      const path = snapshotPath(place);
      const sent = passing(source, path);
      const command = backupCommand(path, hostName, tagsOf(place));
      const snapshot = parseSummary(await feed(runner, command, sent.stream));
      if (snapshot === null)
        throw new ShiplockError(`restic named no snapshot for ${path}`, { fault: 'remote' });
      const url = named(snapshot.slice(0, 8), path);
      const read = await readAll(await open(snapshot, path), url);
      const wrong = differs(`${url}, read back,`, read, sent.passed());
      if (wrong !== null) throw wrong;
      return { url, checksum: read.sha256, bytes: read.bytes, cipher: 'restic' };
    },
    open: async (place) => {
      const path = snapshotPath(place);
      const command = snapshotsCommand(idTag(place), path);
      const { code, stdout, stderr } = await runner.exec(command).catch(notStarted);
      if (code !== 0) throw refused(repository, stderr);
      const snapshot = parseNewestSnapshot(stdout);
      if (snapshot !== null) return open(snapshot, path);
      throw new ShiplockError(`${repository} has no snapshot of ${pathOf(place)}`, {
        hint: 'Is the id right? `restic snapshots --tag shiplock` lists what is there.',
        fault: 'user',
      });
    },
  };
}

/** The same for all backups of a database: restic's own retention goes by paths. */
function snapshotPath(place: CopyPlace): string {
  return `/${pathOf({ ...place, id: place.id.replace(/^\d+-/, '') })}`;
}

const idTag = ({ id }: CopyPlace): string => `shiplock-id=${id}`;

function tagsOf(place: CopyPlace): readonly string[] {
  return ['shiplock', `shiplock-app=${place.app}-${place.environment}`, idTag(place)];
}

/** A source that fails kills restic before it sees an end: at the end of its stdin it would store what came until then as if it were all. */
async function feed(runner: Host, argv: readonly string[], source: Readable): Promise<string> {
  const command = await runner.openStream(argv).catch(notStarted);
  const said = text(command);
  said.catch(() => undefined);
  try {
    await pipeline(source, command);
    return await said;
  } catch (thrown) {
    // One that was ended left its lock, which would keep `forget` and `prune` out.
    await runner.exec(unlockCommand()).catch(() => undefined);
    throw thrown;
  }
}

async function checkRepository(runner: Host, repository: string): Promise<void> {
  const { code, stderr } = await runner
    .exec(openCommand(), { timeoutMs: resticMs })
    .catch(notStarted);
  if (code !== 0) throw refused(repository, stderr);
}

function refused(repository: string, stderr: string): ShiplockError {
  const said = stderr.trim().split('\n').slice(0, 2).join(' ').slice(0, 300);
  return new ShiplockError(`restic cannot open ${repository}: ${said}`, {
    hint: 'Make it once with `restic init`, and give its password by `restic-password`.',
    fault: 'user',
  });
}

function notStarted(thrown: unknown): never {
  if (!(thrown instanceof RemoteFailure) || thrown.reason !== 'unreachable') throw thrown;
  throw new ShiplockError('restic is not on this runner', {
    hint: 'Add a step before: `sudo apt-get install -y restic`.',
    fault: 'user',
    cause: thrown,
  });
}
