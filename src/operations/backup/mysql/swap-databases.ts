import { createQuery } from '../../../commands/backup/mysql-queries';
import {
  createAs,
  definitionsOnly,
  definitionWords,
  dropDatabase,
  dropDefinitions,
  probeLocks,
  swapStatements,
} from '../../../commands/backup/mysql-restore';
import { packWords, parsePacked, unpackWords } from '../../../commands/backup/pack';
import { stageArgv } from '../../../commands/backup/stage';
import { messageOf, ShiplockError } from '../../../errors';
import type { Taken } from '../database-engine';
import { askMysql, loggedIn, type MysqlServer } from './ask';
import { readCatalogue, type Catalogue } from './catalogue';
import { runTool } from './run-tool';
import { dumpFile } from './take-dump';

/** One restore: the server, the backup, and the three databases that have to do with it. */
export interface Work {
  readonly server: MysqlServer;
  readonly backup: Taken;
  readonly live: string;
  readonly copy: string;
  readonly kept: string;
  readonly knowsSandbox: boolean;
  readonly lockWaitSeconds: number;
}

/** Loads the dump, or a part of it, into a database. @param ahead SQL that the same session does first */
export async function load(
  { server, backup }: Work,
  into: string,
  filter: string,
  { file = dumpFile, ahead = '' }: { readonly file?: string; readonly ahead?: string } = {},
): Promise<void> {
  const client = ['--default-character-set=utf8mb4', '--max-allowed-packet=1G', '--', into];
  const { argv, header } = loggedIn(server, [server.tools.client, ...client]);
  await runTool(server.at.host, {
    name: `load the backup into ${into}`,
    argv: stageArgv(backup.folder, unpackWords(backup.folder, file, argv, filter), {}),
    stdin: header + ahead,
  });
}

/**
 * From here on the live database changes. All of it is one session on the host, which comes to its end without us. What fails before the
 * tables have moved is undone.
 */
export async function swap(work: Work, before: Catalogue, restored: Catalogue): Promise<void> {
  const { server, backup, live, copy, kept, lockWaitSeconds } = work;
  const created = backup.manifest.facts['createDatabase'] ?? '';
  const definitions = `.before-${kept}.sql.gz`;
  await askMysql(server, probeLocks(live, before.objects, lockWaitSeconds));
  if (before.exists) await saveDefinitions(work, definitions);
  else await askMysql(server, createAs(created, live));
  try {
    if (before.objects.movable.length > 0) {
      const [row] = await askMysql(server, createQuery(live));
      await askMysql(server, createAs(row?.[1] ?? created, kept));
    }
    const names = { live, copy, kept };
    const moves = swapStatements(names, before.objects, restored.objects, lockWaitSeconds);
    const ahead = moves + dropDefinitions(live, before.objects);
    await load(work, live, definitionsOnly(work.knowsSandbox), { ahead }).catch(
      async (thrown: unknown) => {
        const { objects } = await readCatalogue(server, copy);
        if (objects.movable.length === 0) throw halfway(work, thrown);
        await undo(work, before, definitions);
        throw thrown;
      },
    );
  } finally {
    await server.at.host.exec(['rm', '-f', `${backup.folder}/${definitions}`]);
  }
}

const halfway = ({ live }: Work, cause: unknown): ShiplockError =>
  new ShiplockError(messageOf(cause), {
    hint: `The tables of ${live} are those of the backup, but views, triggers, routines and events are not all there. Restore again.`,
    cause,
    fault: 'remote',
  });

/** No table has moved: one statement moves all of them or none. Triggers and events come back; the new, empty database goes. */
async function undo(work: Work, before: Catalogue, definitions: string): Promise<void> {
  const { server, live, kept } = work;
  if (before.exists) await load(work, live, definitionsOnly(false), { file: definitions });
  const { objects } = await readCatalogue(server, kept);
  if (objects.movable.length === 0) await askMysql(server, dropDatabase(kept));
}

/** How everything in the live database is defined: its triggers come back from it when the tables could not be moved. */
async function saveDefinitions({ server, backup, live }: Work, file: string): Promise<void> {
  const { dump, knows } = server.tools;
  const { argv, header } = loggedIn(server, definitionWords(dump, knows, live));
  const said = await runTool(server.at.host, {
    name: `save the definitions of ${live}`,
    argv: stageArgv(backup.folder, packWords(backup.folder, file, argv), {}),
    stdin: header,
  });
  const failed = parsePacked(said, dump).exits.find(({ exit }) => exit !== 0);
  if (failed === undefined) return;
  throw new ShiplockError(`${failed.name} ended with code ${failed.exit}`, { fault: 'remote' });
}
