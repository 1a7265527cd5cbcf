import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DatabaseSettings } from '../../../src/domain/backup/database';
import type { Database, Place } from '../../../src/operations/backup/database';
import type { Dump, Taken } from '../../../src/operations/backup/database-engine';
import { localHost } from '../../../src/platform/local-host';
import { buildImage } from '../environment';
import { ownerLabel } from '../owner';
import { docker, runCommand } from '../run-command';

export type Flavour = 'mariadb' | 'mysql';

/** Password of root: every sign that quoting could break on, and a word to look for where it must not be. */
export const rootPassword = 'canary-of-root "q" \\ $HOME `x` #;=% é';

const environments = fileURLToPath(new URL('../../environment', import.meta.url));

/** A real server in a container, and the ways of a backup to it. */
export class MysqlStand {
  readonly #folders: string[] = [];

  private constructor(
    readonly flavour: Flavour,
    readonly container: string,
    readonly imageId: string,
  ) {}

  /** Builds the image if it is not there, starts a server and waits until it takes work. */
  static async start(flavour: Flavour): Promise<MysqlStand> {
    const image = await buildImage(`shiplock-test-${flavour}`, join(environments, flavour));
    const name = `shiplock-test-${flavour}-${process.pid}`;
    const container = await docker([
      ...['run', '--detach', '--name', name, '--label', ownerLabel()],
      ...['--env', `${flavour.toUpperCase()}_ROOT_PASSWORD=${rootPassword}`, image],
    ]);
    const imageId = await docker(['inspect', '--format', '{{.Image}}', container]);
    const stand = new MysqlStand(flavour, container, imageId);
    await stand.#ready();
    return stand;
  }

  async #ready(): Promise<void> {
    for (let tries = 0; tries < 240; tries += 1) {
      if ((await this.#client('select 1')).code === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    throw new Error(await docker(['logs', '--tail', '20', this.container]));
  }

  /** SQL as root; throws with the server's words. Gives what the client prints, rows without a head. */
  async sql(
    text: string,
    container = this.container,
    options: readonly string[] = [],
  ): Promise<string> {
    const { code, stdout, stderr } = await this.#client(text, container, options);
    if (code !== 0) throw new Error(stderr);
    return stdout.trimEnd();
  }

  #client(text: string, container = this.container, options: readonly string[] = []) {
    const words = [this.flavour, '-uroot', '-N', '--batch', '--default-character-set=utf8mb4'];
    return runCommand(
      ['docker', 'exec', '-i', '-e', 'MYSQL_PWD', container, ...words, ...options],
      { stdin: text, env: { MYSQL_PWD: rootPassword } },
    );
  }

  /** The database as a step of a backup sees it. */
  database(
    change: Partial<DatabaseSettings> = {},
    place: Partial<Place> = {},
    password?: string,
  ): Database {
    return {
      settings: { ...settings, engine: this.flavour, ...change },
      host: localHost(),
      docker: ['docker'],
      place: {
        at: 'container',
        id: this.container,
        imageId: this.imageId,
        environment: new Map([[`${this.flavour.toUpperCase()}_ROOT_PASSWORD`, rootPassword]]),
        mounts: [],
        ...place,
      } as Place,
      secrets: { password: password ?? null, url: null },
    };
  }

  /** An empty folder for a backup, removed at the end. */
  folder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'shiplock-backup-'));
    this.#folders.push(folder);
    return folder;
  }

  async stop(): Promise<void> {
    await docker(['rm', '--force', '--volumes', this.container]);
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }
}

const settings: DatabaseSettings = {
  engine: 'mariadb',
  service: 'db',
  database: 'shop',
  paths: [],
  urlEnv: null,
  user: null,
  passwordEnv: null,
  lockTables: false,
  command: null,
  verifyCommand: null,
  verify: null,
  verifyLimitBytes: 1e10,
  keep: { last: 7, daily: 0, weekly: 0, monthly: 0, days: 0 },
  allowEmpty: false,
  allowShrink: false,
  encryptTo: [],
  s3Url: null,
  resticRepository: null,
};

/** A dump as the frame hands it to the steps after it. */
export function takenOf(folder: string, dump: Dump): Taken {
  const files = dump.files.map(({ name }) => ({
    name,
    bytesPlain: 0,
    sha256Plain: '',
    bytesStored: 0,
    sha256Stored: '',
    packing: null,
    cipher: null,
  }));
  return { folder, manifest: { id: '1-shop', database: 'shop', files, ...dump.record } };
}
