import { setTimeout as delay } from 'node:timers/promises';
import { parseCounters, parseInfo, parseKeys } from '../../../commands/backup/redis';
import {
  redisBesideScript,
  redisClearScript,
  redisSwapScript,
} from '../../../commands/backup/redis-restore';
import { redisScratchAskScript, redisServe } from '../../../commands/backup/redis-scratch';
import { firstWords } from '../../../commands/backup/stage';
import { throwAwayArgv } from '../../../commands/backup/throw-away';
import { quote, script } from '../../../commands/shell';
import { coveringMount } from '../../../domain/backup/covering-mount';
import type { RedisModule } from '../../../domain/backup/redis-seen';
import { parseJson } from '../../../domain/json';
import type { Stage } from '../../../domain/records/backup';
import { ShiplockError } from '../../../errors';
import type { Database } from '../database';
import type { Inspection, Restored, RestoreOrder, Scratch, Taken } from '../database-engine';
import { runStage } from '../run-stage';
import { standStill } from '../stand-still';
import { loadedInfo } from './prove-rdb';
import { byHand, containerOf, type ContainerPlace } from './redis-place';

const inside = '/shiplock/backup';

/** A restore of one server in a container, and the way to ask it for INFO once it runs again. */
export interface RdbRestore {
  readonly database: Database;
  readonly taken: Taken;
  readonly order: RestoreOrder;
  readonly target: Inspection;
  liveInfo(): Promise<ReadonlyMap<string, string>>;
}

/**
 * A server of the same image, without network, loads the backup in a folder beside the data and is counted there; where the real one writes
 * append-only files, it writes them too: a server that has them on does not look at an RDB and starts empty. Then the real one is stopped,
 * the files change places, and it is started again.
 */
export async function restoreRdb(restore: RdbRestore): Promise<Restored> {
  const { database, order, target } = restore;
  const place = containerOf(database);
  const { dir = '', dbfilename = 'dump.rdb' } = target.facts;
  const mount = coveringMount(place.mounts, dir);
  if (mount === null) throw byHand(`${dir} lies in no volume of the container`);
  const work = new Beside(restore, place, mount.hostPath, `${dir}/restore-${order.tag}`);
  const begun = performance.now();
  let changing = false;
  try {
    await work.clearLeft();
    await work.stage('copy', redisBesideScript, [`${inside}/dump.rdb`, work.folder, dbfilename]);
    const rowCounts = await work.load();
    order.check({ rowCounts, objectCounts: {} });
    changing = true;
    await work.swap();
    const restoreMs = performance.now() - begun;
    const kept = `${mount.hostPath}/before-${order.tag}`;
    const remove = quote(['rm', '-rf', '--', kept]);
    return { stages: work.stages, restoreMs, rowCounts, objectCounts: {}, kept, remove };
  } finally {
    if (!changing) await work.clear();
  }
}

/** Whose data a server beside works on: the folder of the host. */
const besideLabel = 'shiplock.restore';

class Beside {
  readonly stages: Stage[] = [];

  constructor(
    readonly restore: RdbRestore,
    readonly place: ContainerPlace,
    readonly hostPath: string,
    readonly folder: string,
  ) {}

  async stage(name: string, text: string, args: readonly string[]): Promise<void> {
    const { database, taken } = this.restore;
    const argv = this.#inVolumes(text, args);
    const { stage } = await runStage(database.host, { name, folder: taken.folder, argv });
    this.stages.push(stage);
  }

  /** A server beside that a dead restore has left goes on for ever. */
  async clearLeft(): Promise<void> {
    const { host, docker } = this.restore.database;
    const filter = `label=${besideLabel}=${this.hostPath}`;
    const { stdout } = await host.exec([...docker, 'ps', '--all', '--quiet', '--filter', filter]);
    const ids = stdout.split('\n').filter((id) => id !== '');
    if (ids.length > 0) await host.exec([...docker, 'rm', '--force', ...ids]);
  }

  /** Keys by database, as the server beside has them; it has also written what the real one will read. */
  async load(): Promise<Readonly<Record<string, number>>> {
    const { database, order } = this.restore;
    const { host, docker } = database;
    const name = `shiplock-restore-${order.tag}`;
    const started = await host.exec(this.#serverArgv(name));
    if (started.code !== 0) throw this.#failed(started.stderr);
    const scratch = {
      argv: (words: readonly string[]) => [...docker, 'exec', '-i', name, ...words],
    };
    try {
      const keys = parseKeys(await loadedInfo(host, scratch));
      if (this.restore.target.facts['appendonly'] === 'yes') await this.#append(scratch);
      return keys;
    } finally {
      await host.exec([...docker, 'rm', '--force', name]);
    }
  }

  #serverArgv(name: string): readonly string[] {
    const { facts } = this.restore.target;
    const scratch = {
      databases: facts['databases'] ?? '',
      modules: parseJson(facts['modules'] ?? '[]') as readonly RedisModule[],
    };
    const appendTo = { folder: facts['appenddirname'] ?? '', file: facts['appendfilename'] ?? '' };
    const file = facts['dbfilename'] ?? 'dump.rdb';
    const label = ['--label', `${besideLabel}=${this.hostPath}`];
    const words = [...label, '--network', 'none', '--user', '0:0', '--volumes-from', this.place.id];
    const boot = redisServe(scratch, { folder: this.folder, file, appendTo });
    const { docker } = this.restore.database;
    const run = [...docker, 'run', '--detach', '--name', name, ...words, '--entrypoint', 'sh'];
    return [...run, this.place.imageId, '-c', boot];
  }

  /** Has the server write its append-only files, and waits until they hold everything. */
  async #append(scratch: Scratch): Promise<void> {
    const { host } = this.restore.database;
    const ask = (...words: string[]) =>
      host.exec(scratch.argv(script(redisScratchAskScript, words)), { timeoutMs: 600_000 });
    const { stdout } = await ask('CONFIG', 'SET', 'appendonly', 'yes');
    if (stdout.trim() !== 'OK') throw this.#failed(stdout);
    for (;;) {
      const info = parseInfo((await ask('INFO')).stdout);
      if (info.get('aof_last_bgrewrite_status') === 'err')
        throw this.#failed('no append-only file');
      const busy = ['aof_rewrite_in_progress', 'aof_rewrite_scheduled'];
      if (busy.every((key) => info.get(key) === '0')) break;
      if (!info.has('aof_rewrite_in_progress')) throw this.#failed('it is gone');
      await delay(200);
    }
    // Written to the disk, and ended in order.
    await ask('SHUTDOWN', 'NOSAVE');
  }

  /** The real server stands still in between. */
  async swap(): Promise<void> {
    const { database, order, target, taken } = this.restore;
    const { dir = '', dbfilename = '', appenddirname = '', appendfilename = '' } = target.facts;
    const names = [dbfilename, appenddirname, appendfilename].filter((name) => name !== '');
    const args = [dir, this.folder, `before-${order.tag}`, ...names];
    const change = {
      users: [{ id: this.place.id, name: 'the server' }],
      steps: [this.#inVolumes(redisSwapScript, args)],
      clear: [this.#inVolumes(redisClearScript, [this.folder])],
    };
    this.stages.push(await standStill(database, taken.folder, change, order.tell));
    await this.#untilLoaded();
  }

  /** Keys whose time is over are dropped by the real one: it may have less, but not nothing. */
  async #untilLoaded(): Promise<void> {
    const expected = Object.keys(this.restore.taken.manifest.rowCounts).length;
    for (let tries = 0; ; tries += 1) {
      const info = await this.restore.liveInfo().catch(() => new Map<string, string>());
      if (info.get('loading') === '0') {
        const has = Object.keys(parseCounters(info).keys).length;
        if (has === 0 && expected > 0) throw this.#failed('it runs again, and is empty');
        return;
      }
      if (!info.has('loading') && tries > 100) throw this.#failed('it does not answer again');
      await delay(300);
    }
  }

  async clear(): Promise<void> {
    const argv = this.#inVolumes(redisClearScript, [this.folder]);
    await this.restore.database.host.exec(argv, { timeoutMs: 600_000 });
  }

  #inVolumes(text: string, args: readonly string[]): readonly string[] {
    const { docker, nodeImage } = this.restore.database;
    const mounts = { [inside]: { source: this.restore.taken.folder, readOnly: true } };
    const setting = { docker, image: nodeImage, volumesFrom: this.place.id, mounts };
    return throwAwayArgv(setting, script(text, args));
  }

  #failed(said: string): ShiplockError {
    const { database, order } = this.restore;
    return new ShiplockError(`${database.host.name}: the restore failed: ${firstWords(said)}`, {
      fault: 'remote',
      hint: `What was there before is in the folder before-${order.tag} of the server's data, when it exists.`,
    });
  }
}
