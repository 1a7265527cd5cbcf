import { parseDumpContents, readDumpWords } from '../../../commands/backup/mysql-dump';
import {
  clientOptions,
  countQuery,
  parseCounts,
  parseRows,
} from '../../../commands/backup/mysql-queries';
import { scratchBoot, scratchClient } from '../../../commands/backup/mysql-scratch';
import { unpackWords } from '../../../commands/backup/pack';
import { stageArgv } from '../../../commands/backup/stage';
import type { Stage } from '../../../domain/records/backup';
import { ShiplockError } from '../../../errors';
import type { Host } from '../../../platform/host';
import type { Database } from '../database';
import type { OpenScratch, Proof, Scratch, Taken } from '../database-engine';
import { catalogueOf, type Catalogue } from './catalogue';
import { catalogueQuery } from '../../../commands/backup/mysql-queries';
import { runTool } from './run-tool';
import { dumpFile } from './take-dump';

/** Reads all of the dump: it is unpacked whole, ends as a whole dump does, and holds every object that the catalogue had. */
export async function readDump(
  { host }: Database,
  { folder, manifest }: Taken,
): Promise<readonly Stage[]> {
  const stdout = await runTool(host, {
    name: 'read the dump',
    argv: stageArgv(folder, unpackWords(folder, dumpFile, readDumpWords), {}),
  });
  const { complete, objectCounts } = parseDumpContents(stdout);
  if (!complete) throw broken(host, 'it does not end with the line that a whole dump ends with');
  const differing = Object.entries(manifest.objectCounts).flatMap(([kind, count]) =>
    objectCounts[kind] === count
      ? []
      : [`${kind}: ${count} in the database, ${objectCounts[kind] ?? 0} in the dump`],
  );
  if (differing.length > 0) throw broken(host, differing.join('; '));
  return ['gzip', 'read'].map((name) => ({ name, exit: 0, signal: null }));
}

const broken = (host: Host, says: string): ShiplockError =>
  new ShiplockError(`${host.name}: the dump is not whole: ${says}`, { fault: 'remote' });

/** Restores the dump into a new server of the same image and counts there. */
export function proveDump(
  { host }: Database,
  { folder, manifest }: Taken,
  scratch: OpenScratch,
): Promise<Proof> {
  const {
    database = '',
    createDatabase = '',
    lowerCaseTableNames = '0',
    innodbPageSize = '16384',
  } = manifest.facts;
  const recipe = {
    boot: scratchBoot({ lowerCaseTableNames, innodbPageSize }),
    ready: scratchClient(['--execute', 'select 1']),
  };
  return scratch(recipe, async (server) => {
    const before = performance.now();
    await runTool(host, {
      name: 'create the scratch database',
      argv: server.argv(scratchClient([])),
      stdin: `${createDatabase};\n`,
    });
    await runTool(host, {
      name: 'restore into the scratch server',
      argv: stageArgv(
        folder,
        unpackWords(folder, dumpFile, server.argv(scratchClient([database]))),
        {},
      ),
    });
    const restoreMs = performance.now() - before;
    const restored = await readScratch(host, server, database);
    const stages = ['create', 'restore', 'count'].map((name) => ({ name, exit: 0, signal: null }));
    return { stages, restoreMs, ...restored };
  });
}

async function readScratch(
  host: Host,
  server: Scratch,
  database: string,
): Promise<Pick<Proof, 'rowCounts' | 'objectCounts'>> {
  const ask = async (stdin: string) =>
    parseRows(
      await runTool(host, {
        name: 'count in the scratch server',
        argv: server.argv(scratchClient(clientOptions)),
        stdin,
      }),
    );
  const { tables, objectCounts }: Catalogue = catalogueOf(await ask(catalogueQuery(database)));
  const names = tables.map(({ name }) => name);
  const counts = parseCounts(await ask(countQuery(database, names)), names);
  return { rowCounts: Object.fromEntries(counts), objectCounts };
}
