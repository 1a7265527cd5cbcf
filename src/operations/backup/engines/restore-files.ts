import {
  filesArgv,
  filesListScript,
  filesUnpackScript,
  type FilesReach,
} from '../../../commands/backup/files';
import {
  filesClearLeftScript,
  filesClearScript,
  filesSwapScript,
} from '../../../commands/backup/files-restore';
import { quote } from '../../../commands/shell';
import type { Stage } from '../../../domain/records/backup';
import { ShiplockError } from '../../../errors';
import type { Database } from '../database';
import type { Restored, RestoreOrder, Taken } from '../database-engine';
import { runStage } from '../run-stage';
import { standStill, usersOf, type User } from '../stand-still';
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
  let changing = false;
  try {
    await work.clearLeft(entries);
    for (const [index, entry] of entries.entries()) {
      rowCounts[entry.path] = await work.unpackBeside(entry, String(index + 1));
    }
    order.check({ rowCounts, objectCounts: {} });
    const users = await usersOf(database, entries.map(wholePath));
    changing = true;
    await work.swap(entries, users);
  } finally {
    if (!changing) for (const entry of entries) await work.clear(entry);
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

  async clearLeft(entries: readonly PlacedEntry[]): Promise<void> {
    for (const folder of new Set(entries.map((entry) => entry.folder))) {
      await this.#run('clear', filesClearLeftScript, [folder]);
    }
  }

  async swap(entries: readonly PlacedEntry[], users: readonly User[]): Promise<void> {
    const { database, taken, order } = this;
    const steps = entries.map((entry) => {
      const args = [this.#beside(entry), entry.folder, entry.name, keptPath(entry, order.tag)];
      return filesArgv(this.reach, filesSwapScript, args, 'all');
    });
    const clear = entries.map((entry) => this.#clearArgv(entry));
    const change = { users, steps, clear };
    this.stages.push(await standStill(database, taken.folder, change, order.tell));
  }

  async clear(entry: PlacedEntry): Promise<void> {
    const argv = this.#clearArgv(entry);
    const { code, stderr } = await this.database.host.exec(argv, { timeoutMs: 3_600_000 });
    if (code === 0) return;
    throw new ShiplockError(
      `${this.database.host.name}: ${this.#beside(entry)} is left: ${stderr}`,
      {
        fault: 'remote',
      },
    );
  }

  #clearArgv(entry: PlacedEntry): readonly string[] {
    return filesArgv(this.reach, filesClearScript, [this.#beside(entry)], 'all');
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
