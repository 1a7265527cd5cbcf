import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readContainers } from './release/facts';
import { stackFolder, type Site } from './release/site';
import { selfSigned } from './self-signed';

/** Compose project of the stack that runs without us; not the name of its folder. */
export const plainProject = 'harbour';

const mount = '      - ./nginx/shiplock:/etc/nginx/shiplock:ro\n';
const proxyFile = `${stackFolder}/nginx/conf.d/dinghy.conf`;
const tlsLines = 'ssl_certificate conf.d/own.crt; ssl_certificate_key conf.d/own.key;';
const include = '  include /etc/nginx/shiplock/dinghy-production.conf;\n\n';

/**
 * The dinghy stack as a team runs it without us: `docker compose up` in its folder, the proxy on the ports 80 and 443 with plain
 * names and no folder of ours. What its compose file needs lies in an `.env` on the server alone.
 */
export class PlainStack {
  constructor(private readonly site: Site) {}

  /** Puts the team's files on the server and runs them with an image that is tagged with `version`. */
  async start(version: string): Promise<void> {
    const { server, workspace } = this.site;
    const file = join(workspace, 'docker-compose.yml');
    const written = await readFile(file, 'utf8');
    const needy = written.replace('STORE: redis://store:6379', '$&\n      HARBOUR: ${HARBOUR:?}');
    const secure = needy.replace("['80:80']", "['80:80', '443:443']");
    await writeFile(file, secure.replace(mount, ''));
    const env = `COMPOSE_PROJECT_NAME=${plainProject}\nHARBOUR=Cuxhaven\nIMAGE_TAG=${version}\n`;
    await server.writeFile(`${stackFolder}/.env`, env, '600', 'deploy');
    await this.#pushFile();
    await this.#edit(proxyFile, [
      [include, ''],
      ['http://$shiplock_web', 'http://web:8080'],
      ['listen 80 default_server;', `listen 80 default_server; listen 443 ssl; ${tlsLines}`],
    ]);
    const { key, certificate } = selfSigned('dinghy.test');
    await server.writeFile(`${stackFolder}/nginx/conf.d/own.key`, key, '600', 'deploy');
    await server.writeFile(`${stackFolder}/nginx/conf.d/own.crt`, certificate, '644', 'deploy');
    await this.compose('up', '--detach');
  }

  /** Adds the mount to the compose file of the checkout, and to the server's. */
  async addMount(): Promise<void> {
    const file = join(this.site.workspace, 'docker-compose.yml');
    const written = await readFile(file, 'utf8');
    await writeFile(file, written.replace(/^.*conf\.d:ro\n/m, `$&${mount}`));
    await this.#pushFile();
  }

  /** Adds the include to the team's server block, and the variable in place of the plain name. */
  async addLines(): Promise<void> {
    await this.#edit(proxyFile, [
      ['  proxy_http_version', `${include}  proxy_http_version`],
      ['http://web:8080', 'http://$shiplock_web'],
    ]);
  }

  /** `docker compose …` in the folder of the stack, as the team types it. */
  async compose(...args: readonly string[]): Promise<void> {
    const line = `cd ${stackFolder} && docker compose "$@"`;
    await this.run(line, ...args);
  }

  /** Types commands on the server as the SSH user; throws with what they said when they fail. */
  async run(script: string, ...args: readonly string[]): Promise<string> {
    const argv = ['sh', '-ec', script, 'sh', ...args];
    const options = { user: 'deploy', timeoutMs: 120_000 };
    const { code, stdout, stderr } = await this.site.server.exec(argv, options);
    if (code !== 0) throw new Error(`${script}: ${stdout}${stderr}`);
    return stdout;
  }

  /** The team's own containers of the released services: `web-1 running unless-stopped`. */
  async containers(): Promise<readonly string[]> {
    return (await readContainers(this.site.server))
      .filter(({ labels }) => labels['com.docker.compose.project'] === plainProject)
      .map(
        ({ name, state, restart }) => `${name.replace(`${plainProject}-`, '')} ${state} ${restart}`,
      )
      .filter((one) => /^(web|worker)/.test(one));
  }

  async #pushFile(): Promise<void> {
    const text = await readFile(join(this.site.workspace, 'docker-compose.yml'), 'utf8');
    await this.site.server.writeFile(`${stackFolder}/docker-compose.yml`, text, '644', 'deploy');
  }

  async #edit(path: string, changes: readonly (readonly [string, string])[]): Promise<void> {
    const { stdout } = await this.site.server.exec(['cat', path]);
    const text = changes.reduce((now, [from, to]) => {
      if (!now.includes(from)) throw new Error(`${path} has no ${from}`);
      return now.replace(from, () => to);
    }, stdout);
    await this.site.server.writeFile(path, text, '644', 'deploy');
  }
}
