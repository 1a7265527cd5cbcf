import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DatabaseSettings } from '../../../src/domain/backup/database';
import type { Database } from '../../../src/operations/backup/database';
import { buildImage } from '../environment';
import { docker, runCommand } from '../run-command';
import { DatabaseStand } from './database-stand';

export type Flavour = 'mariadb' | 'mysql';

/** Password of root: every sign that quoting could break on, and a word to look for where it must not be. */
export const rootPassword = 'canary-of-root "q" \\ $HOME `x` #;=% é';

const environments = fileURLToPath(new URL('../../environment', import.meta.url));

/** Image of a MariaDB; built when it is not there. */
export const mariadbImage = (): Promise<string> => imageOf('mariadb');

const imageOf = (flavour: Flavour): Promise<string> =>
  buildImage(`shiplock-test-${flavour}`, join(environments, flavour));

/** A real server in a container, and the ways of a backup to it. */
export class MysqlStand {
  private constructor(
    readonly flavour: Flavour,
    readonly stand: DatabaseStand,
    readonly container: string,
    readonly imageId: string,
  ) {}

  /** Builds the image if it is not there, starts a server and waits until it takes work. @param options of `docker run` */
  static async start(flavour: Flavour, options: readonly string[] = []): Promise<MysqlStand> {
    const image = await imageOf(flavour);
    const stand = new DatabaseStand();
    const variable = `${flavour.toUpperCase()}_ROOT_PASSWORD`;
    // By name alone: other tests look for the word on every command line of this machine.
    const container = await stand.run([...options, '--env', variable, image], {
      [variable]: rootPassword,
    });
    const imageId = await docker(['inspect', '--format', '{{.Image}}', container]);
    const started = new MysqlStand(flavour, stand, container, imageId);
    await started.#ready();
    return started;
  }

  async #ready(): Promise<void> {
    for (let tries = 0; tries < 240; tries += 1) {
      if ((await this.client('select 1')).code === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    throw new Error(await docker(['logs', '--tail', '20', this.container]));
  }

  /** SQL as root; throws with the server's words. Gives what the client prints, rows without a head. */
  async sql(text: string): Promise<string> {
    const { code, stdout, stderr } = await this.client(text);
    if (code !== 0) throw new Error(stderr);
    return stdout.trimEnd();
  }

  /** The same while everybody else waits. */
  sqlNow(text: string): void {
    const words = ['exec', '-i', '-e', 'MYSQL_PWD', this.container, this.flavour, '-uroot'];
    const env = { ...process.env, MYSQL_PWD: rootPassword };
    execFileSync('docker', words, { input: text, env });
  }

  /** The same with whatever comes of it. */
  client(text: string) {
    const words = [this.flavour, '-uroot', '-N', '--batch', '--default-character-set=utf8mb4'];
    return runCommand(['docker', 'exec', '-i', '-e', 'MYSQL_PWD', this.container, ...words], {
      stdin: text,
      env: { MYSQL_PWD: rootPassword },
    });
  }

  /** The database `shop` as a step of a backup sees it: logged in to as the container's own variables say. */
  async database(
    given: Partial<DatabaseSettings> = {},
    password: string | null = null,
    environment: Readonly<Record<string, string>> = {
      [`${this.flavour.toUpperCase()}_ROOT_PASSWORD`]: rootPassword,
    },
  ): Promise<Database> {
    const settings = { engine: this.flavour, service: 'db', database: 'shop', ...given };
    const found = await this.stand.database(this.container, settings, { password });
    if (found.place.at !== 'container') throw new Error('not in a container');
    return {
      ...found,
      place: { ...found.place, environment: new Map(Object.entries(environment)) },
    };
  }

  /** The same, reached as a managed one: by its address, with the tools of the image. */
  async managed(url: string): Promise<Database> {
    const given = { engine: this.flavour, urlEnv: 'DATABASE_URL' };
    const found = await this.stand.database(null, given, { url });
    return { ...found, place: { at: 'url', imageId: this.imageId } };
  }

  address(): Promise<string> {
    const format = '{{.NetworkSettings.IPAddress}}';
    return docker(['inspect', '--format', format, this.container]);
  }
}
