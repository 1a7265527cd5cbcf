import {
  filesArgv,
  filesCompareScript,
  filesListScript,
  filesReadScript,
  filesUnpackScript,
  parseDifferences,
  parsePaths,
} from '../../../commands/backup/files';
import { script } from '../../../commands/shell';
import { unexplained } from '../../../domain/backup/unexplained';
import type { Stage } from '../../../domain/records/backup';
import { ShiplockError } from '../../../errors';
import type { Database } from '../database';
import type { Proof, Taken } from '../database-engine';
import { runStage } from '../run-stage';
import { reachFiles, type PlacedEntry } from './files-entries';

/** The entries of a backup, in the order of its files. */
export function entriesOf({ manifest }: Taken): readonly PlacedEntry[] {
  return JSON.parse(manifest.facts['entries'] ?? '[]') as readonly PlacedEntry[];
}

/** Reads every tar to its end, and counts. */
export async function readFiles({ host }: Database, taken: Taken): Promise<readonly Stage[]> {
  const stages: Stage[] = [];
  for (const [index, { path }] of entriesOf(taken).entries()) {
    const { folder, manifest } = taken;
    const argv = script(filesReadScript, [`${folder}/${index + 1}.tar`]);
    const { stage, stdout } = await runStage(host, { name: `tar --list ${path}`, folder, argv });
    const count = Number(stdout);
    if (count !== manifest.rowCounts[path]) {
      throw new ShiplockError(
        `${host.name}: the archive of ${path} holds ${count} files, not ${JSON.stringify(manifest.rowCounts[path])}`,
        { fault: 'remote', hint: 'Take the backup again.' },
      );
    }
    stages.push(stage);
  }
  return stages;
}

/** Unpacks every tar into a folder of its own, and compares owners, modes and SHA-256 with the list that was made beside it. */
export async function proveFiles(database: Database, taken: Taken): Promise<Proof> {
  const reach = await reachFiles(database);
  const { host } = database;
  const { folder } = taken;
  const scratch = `${folder}/scratch`;
  const privileged = (text: string, args: readonly string[]): readonly string[] =>
    filesArgv(reach, text, args, [folder]);
  const stages: Stage[] = [];
  const rowCounts: Record<string, number> = {};
  let restoreMs = 0;
  for (const [index, entry] of entriesOf(taken).entries()) {
    const number = String(index + 1);
    const run = async (
      title: string,
      argv: readonly string[],
      files: object = {},
    ): Promise<string> => {
      const result = await runStage(host, {
        name: `${title} ${entry.path}`,
        folder,
        argv,
        ...files,
      });
      stages.push(result.stage);
      return result.stdout;
    };
    try {
      const begun = performance.now();
      await run('unpack', privileged(filesUnpackScript, [scratch]), { from: `${number}.tar` });
      restoreMs += performance.now() - begun;
      const list = { to: 'scratch.list' };
      await run('list', privileged(filesListScript, [scratch, entry.name]), list);
      await compareLists(database, taken, number, 'scratch.list', entry.path);
      rowCounts[entry.path] = await countOf(database, `${folder}/scratch.list`);
    } finally {
      await host.exec(privileged('rm -rf -- "$1" "$1.list"', [scratch]), { timeoutMs: 3_600_000 });
    }
  }
  return { stages, restoreMs, rowCounts, objectCounts: {} };
}

/** Files in a list. */
export async function countOf({ host }: Database, list: string): Promise<number> {
  const { stdout } = await host.exec(['grep', '-zvc', '//[dh] ', list]);
  return Number(stdout);
}

/** Throws when a list of the backup's folder is not that of entry `number`, apart from what changed while it was packed. */
export async function compareLists(
  { host }: Database,
  { folder }: Taken,
  number: string,
  name: string,
  path: string,
): Promise<void> {
  const lists = [`${folder}/${number}.list`, `${folder}/${name}`];
  const { stdout } = await runStage(host, {
    name: 'compare',
    folder,
    argv: script(filesCompareScript, lists),
  });
  const differences = parseDifferences(stdout);
  if (differences.length === 0) return;
  const changed = await host.exec(['cat', `${folder}/${number}.changed`]);
  const strange = unexplained(differences, new Set(parsePaths(changed.stdout)));
  if (strange.length === 0) return;
  const some = strange.slice(0, 3).map((one) => JSON.stringify(one));
  throw new ShiplockError(
    `${host.name}: what was unpacked of ${path} is not what lay there: ${strange.length} differ, such as ${some.join(', ')}`,
    { fault: 'remote', hint: 'Take the backup again; look at the disk when it happens twice.' },
  );
}
