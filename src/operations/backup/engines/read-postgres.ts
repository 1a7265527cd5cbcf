import { countListedData, pgRestoreList, pgRestoreRead } from '../../../commands/backup/postgres';
import type { Stage } from '../../../domain/records/backup';
import { ShiplockError } from '../../../errors';
import { toolArgv, type Database } from '../database';
import type { Taken } from '../database-engine';
import { runStage } from '../run-stage';

/** Contents of the archive, in the folder of the backup for as long as they are counted. */
const contents = 'contents.list';

/**
 * Reads all blocks of the archive, and looks that it names the data of every table. One byte too many at its beginning makes an archive
 * of nothing, which reads and restores with 0 (measured with 17: what a terminal passed on, in November).
 */
export async function readPostgres(
  database: Database,
  { folder, manifest }: Taken,
  archive: string,
): Promise<readonly Stage[]> {
  const { host } = database;
  const read = await runStage(host, {
    ...{ name: 'pg_restore, reading', folder, argv: toolArgv(database, pgRestoreRead) },
    from: archive,
    hint: () => 'The file is not whole. Is the disk full, or does it fail (dmesg)?',
  });
  const list = `${folder}/${contents}`;
  try {
    const listed = await runStage(host, {
      ...{ name: 'pg_restore --list', folder, argv: toolArgv(database, pgRestoreList) },
      ...{ from: archive, to: contents },
    });
    const found = Number((await host.exec(countListedData(list))).stdout);
    const tables = Object.keys(manifest.rowCounts).length;
    // More of them are those of extensions.
    if (found >= tables) return [read.stage, listed.stage];
    throw new ShiplockError(
      `${host.name}: the dump holds the data of ${found} tables, the database had ${tables}`,
      { fault: 'remote', hint: 'Take the backup again; look at the disk when it happens twice.' },
    );
  } finally {
    await host.exec(['rm', '-f', list]);
  }
}
