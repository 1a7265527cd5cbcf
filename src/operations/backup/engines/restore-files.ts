import {
  filesArgv,
  filesListScript,
  filesUnpackScript,
  type FilesReach,
} from '../../../commands/backup/files';
import { filesClearScript, filesSwapScript } from '../../../commands/backup/files-restore';
import { quote } from '../../../commands/shell';
import type { Stage } from '../../../domain/records/backup';
import { ShiplockError } from '../../../errors';
import type { Database } from '../database';
import type { Restored, RestoreOrder, Taken } from '../database-engine';
import { runStage } from '../run-stage';
import { withoutUsers } from '../without-users';
import { placeAnew, reachFiles, type PlacedEntry } from './files-entries';
import { compareLists, countOf, entriesOf } from './prove-files';

/** Unpacks every entry beside what is there, compares it, and lets them change places while no container uses them. */
export async function restoreFiles(
  database: Database,
  taken: Taken,
  order: RestoreOrder,
): Promise<Restored> {
  const work = new Restore(database, taken, order, await reachFiles(database));
  const entries: PlacedEntry[] = [];
  for (const { path } of entriesOf(taken)) entries.push(await placeAnew(database, path));
  const begun = performance.now();
  const rowCounts: Record<string, number> = {};
  try {
    for (const [index, entry] of entries.entries()) {
      rowCounts[entry.path] = await work.unpackBeside(entry, String(index + 1));
    }
    order.check({ rowCounts, objectCounts: {} });
    await withoutUsers(database, entries.map(wholePath), order, async () => {
      for (const entry of entries) await work.swap(entry);
    });
  } finally {
    for (const entry of entries) await work.clear(entry);
  }
  const kept = entries.map((entry) => keptPath(entry, order.tag));
  return {
    stages: work.stages,
    restoreMs: performance.now() - begun,
    rowCounts,
    objectCounts: {},
    kept: kept.join(', '),
    remove: quote(['rm', '-rf', '--', ...kept]),
  };
}

const wholePath = ({ folder, name }: PlacedEntry): string =>
  name === '.' ? folder : `${folder === '/' ? '' : folder}${name.slice(1)}`;

/** The folder of a volume keeps its place: what was in it goes into a folder there. */
const keptPath = (entry: PlacedEntry, tag: string): string =>
  entry.name === '.' ? `${entry.folder}/.before-${tag}` : `${wholePath(entry)}.before-${tag}`;

class Restore {
  readonly stages: Stage[] = [];

  constructor(
    readonly database: Database,
    readonly taken: Taken,
    readonly order: RestoreOrder,
    readonly reach: FilesReach,
  ) {}

  /** Gives the number of files. */
  async unpackBeside(entry: PlacedEntry, number: string): Promise<number> {
    const { folder } = this.taken;
    const beside = this.#beside(entry);
    const from = { from: `${number}.tar` };
    await this.#run(`unpack ${entry.path}`, filesUnpackScript, [beside], from);
    const to = { to: 'restored.list' };
    await this.#run(`list ${entry.path}`, filesListScript, [beside, entry.name], to);
    await compareLists(this.database, this.taken, number, 'restored.list', entry.path);
    const count = await countOf(this.database, `${folder}/restored.list`);
    await this.database.host.exec(['rm', '-f', `${folder}/restored.list`]);
    return count;
  }

  async swap(entry: PlacedEntry): Promise<void> {
    const args = [this.#beside(entry), entry.folder, entry.name, keptPath(entry, this.order.tag)];
    await this.#run(`change places ${entry.path}`, filesSwapScript, args);
  }

  async clear(entry: PlacedEntry): Promise<void> {
    const argv = filesArgv(this.reach, filesClearScript, [this.#beside(entry)], 'all');
    const { code, stderr } = await this.database.host.exec(argv, { timeoutMs: 3_600_000 });
    if (code === 0) return;
    throw new ShiplockError(
      `${this.database.host.name}: ${this.#beside(entry)} is left: ${stderr}`,
      {
        fault: 'remote',
      },
    );
  }

  #beside({ folder }: PlacedEntry): string {
    return `${folder === '/' ? '' : folder}/.restore-${this.order.tag}`;
  }

  async #run(
    name: string,
    text: string,
    args: readonly string[],
    files: { from?: string; to?: string } = {},
  ): Promise<void> {
    const argv = filesArgv(this.reach, text, args, 'all');
    const { host } = this.database;
    const { folder } = this.taken;
    const { stage } = await runStage(host, { name, folder, argv, ...files });
    this.stages.push(stage);
  }
}
