import {
  filesArgv,
  filesChangedScript,
  filesListScript,
  filesPackScript,
  filesReceiveScript,
  parsePaths,
  type FilesReach,
} from '../../../commands/backup/files';
import { script } from '../../../commands/shell';
import type { Problem } from '../../../domain/problem';
import type { Stage } from '../../../domain/records/backup';
import { ShiplockError } from '../../../errors';
import type { Database } from '../database';
import type { DatabaseEngine, Dump, Inspection } from '../database-engine';
import { runStage } from '../run-stage';
import { lookAtEntry, placeEntries, reachFiles, type PlacedEntry } from './files-entries';
import { proveFiles, readFiles } from './prove-files';
import { restoreFiles } from './restore-files';

/** Paths and volumes: a tar of each, with a list of what lay there. */
export const files: DatabaseEngine = {
  name: 'files',
  inspect,
  dump,
  readBack: readFiles,
  provesBeside: true,
  prove: proveFiles,
  restore: restoreFiles,
};

async function inspect(database: Database): Promise<Inspection> {
  const reach = await reachFiles(database);
  const placed = await placeEntries(database);
  const entries = placed.filter((one): one is PlacedEntry => 'folder' in one);
  const misplaced = placed.filter((one): one is Problem => !('folder' in one));
  const seen = await Promise.all(entries.map((entry) => lookAtEntry(database, reach, entry)));
  const missing = new Set(seen.flatMap((one) => one.missing));
  const absent = entries.filter((_, index) => seen[index]?.real === null);
  const tar = seen[0]?.tar ?? '';
  return {
    problems: [
      ...misplaced,
      ...(missing.size === 0 ? [] : [noTools([...missing])]),
      ...absent.map(({ path }) => notThere(path)),
    ],
    warnings: [],
    serverVersion: '',
    toolVersion: tar,
    sizeBytes: seen.reduce((sum, { bytes }) => sum + bytes, 0),
    standing: seen.some((one) => one.files > 0) ? 'filled' : 'empty',
    facts: { entries: JSON.stringify(entries) },
  };
}

const notThere = (path: string): Problem => ({
  path: 'path',
  says: `${path} is not there`,
  fix: 'correct the path, or take it off the list',
});

const noTools = (tools: readonly string[]): Problem => ({
  path: 'engine',
  says: `the host has no GNU ${tools.join(', ')}; those of BusyBox keep no ACLs and cannot tell what changed`,
  fix: 'install tar, findutils, coreutils (Alpine: apk add tar findutils coreutils)',
});

async function dump(database: Database, seen: Inspection, folder: string): Promise<Dump> {
  const reach = await reachFiles(database);
  const entries = JSON.parse(seen.facts['entries'] ?? '[]') as readonly PlacedEntry[];
  const packed: Packed[] = [];
  for (const [index, entry] of entries.entries()) {
    packed.push(await pack(database, reach, entry, folder, String(index + 1)));
  }
  const changed = packed.flatMap((one) => one.changed);
  return {
    files: packed.flatMap(({ number }) =>
      ['tar', 'list', 'changed'].map((kind) => ({ name: `${number}.${kind}` })),
    ),
    stages: packed.flatMap(({ stages }) => stages),
    record: {
      toolVersion: seen.toolVersion,
      serverVersion: '',
      consistency: changed.length === 0 ? 'exact' : 'best-effort',
      position: null,
      filters: [],
      objectCounts: {},
      rowCounts: Object.fromEntries(packed.map(({ path, count }) => [path, count])),
      facts: {
        entries: JSON.stringify(entries),
        changed: changed
          .slice(0, 5)
          .map((path) => JSON.stringify(path))
          .join(', '),
      },
    },
  };
}

interface Packed {
  readonly path: string;
  readonly number: string;
  readonly count: number;
  /** Paths that changed while they were read; empty = it is all of one moment. */
  readonly changed: readonly string[];
  readonly stages: readonly Stage[];
}

async function pack(
  database: Database,
  reach: FilesReach,
  entry: PlacedEntry,
  folder: string,
  number: string,
): Promise<Packed> {
  const { host } = database;
  const { path, folder: from, name } = entry;
  refuseItself(path, entry, folder);
  const run = (title: string, argv: readonly string[], to?: string) =>
    runStage(host, { name: `${title} ${path}`, folder, argv, ...(to === undefined ? {} : { to }) });
  const began = (await host.exec(['date', '+%s.%N'])).stdout.trim();
  const tar = filesArgv(reach, filesPackScript, [from, name]);
  const packed = await run('tar', script(filesReceiveScript, [`${folder}/${number}.tar`, ...tar]));
  const [code = '', count = ''] = packed.stdout.split('\n');
  const listed = await run(
    'list',
    filesArgv(reach, filesListScript, [from, name]),
    `${number}.list`,
  );
  const changes = filesArgv(reach, filesChangedScript, [from, name, began]);
  const compared = await run('changes', changes, `${number}.changed`);
  const changed = await host.exec(['head', '-c', '65536', `${folder}/${number}.changed`]);
  return {
    path,
    number,
    count: Number(count),
    changed: parsePaths(changed.stdout),
    stages: [{ ...packed.stage, exit: Number(code) }, listed.stage, compared.stage],
  };
}

/** A backup that holds the backups would hold itself, and grow with every one. */
function refuseItself(path: string, entry: PlacedEntry, folder: string): void {
  const whole = entry.name === '.' ? entry.folder : `${entry.folder}/${entry.name.slice(2)}`;
  if (!`${folder}/`.startsWith(whole === '/' ? '/' : `${whole}/`)) return;
  throw new ShiplockError(`${path} holds the folder of the backups, ${folder}`, {
    fault: 'user',
    verdict: 'refused',
    hint: 'Name the folders below it that are wanted, without that one.',
  });
}
