import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openSite, stackFolder, type Site } from '../../support/release/site';
import { outputOf } from '../../support/run-command';

const checkout = fileURLToPath(new URL('stack', import.meta.url));
const newest = fileURLToPath(new URL('../../environment/newest-compose', import.meta.url));
const compose = ['docker-compose.yml', 'docker-compose.production.yml'];
const sent = ['conf', 'public/'];

/** Which containers of a project: one that a release made, or one that plain Compose made. */
type Which = readonly string[];
const released = (service: string): Which => [
  ...['shiplock.app=dinghy', `shiplock.service=${service}`, 'shiplock.role=service'],
];
const plainly = (service: string): Which => [
  ...['com.docker.compose.project=plain', `com.docker.compose.service=${service}`],
];

interface Inspected {
  readonly Id: string;
  readonly Config: Record<string, unknown> & { readonly Labels: Record<string, string> };
  readonly HostConfig: Record<string, unknown>;
  readonly Mounts: readonly { Type: string; Source: string; Destination: string; RW: boolean }[];
}

const servers = [
  { version: '2.26', name: 'rich226', install: () => Promise.resolve() },
  {
    version: '2.40',
    name: 'rich240',
    install: async (site: Site) => {
      const plugin = await outputOf([newest], { timeoutMs: 300_000 });
      const folder = '/usr/local/lib/docker/cli-plugins';
      await site.server.exec(['mkdir', '-p', folder]);
      const target = `${site.server.container}:${folder}/docker-compose`;
      await outputOf(['docker', 'cp', '--quiet', plugin, target]);
    },
  },
];

describe.each(servers)('Compose $version', ({ version, name, install }) => {
  let site: Site<'v1' | 'v2'>;
  const server = (...argv: string[]): Promise<string> => must(site, argv);

  beforeAll(async () => {
    site = await openSite({
      name,
      versions: { v1: {}, v2: {} },
      config: { compose, files: sent },
    });
    await install(site);
    await cp(checkout, site.workspace, { recursive: true });
    await site.server.writeFile(`${stackFolder}/.env`, 'PASSWORD=of-the-server\nTOKEN=of-.env\n');
    await site.server.writeFile(`${stackFolder}/host.env`, 'FROM_HOST=yes\n');
    await site.server.writeFile(`${stackFolder}/host.token`, 'token of the server');
    await server('chown', 'deploy:', `${stackFolder}/.env`, `${stackFolder}/host.env`);
  }, 900_000);

  afterAll(() => site.close());

  /** The containers with these labels; what is running first. */
  async function inspect(which: Which): Promise<Inspected[]> {
    const filters = which.flatMap((label) => ['--filter', `label=${label}`]);
    const running = which[0]?.startsWith('shiplock') === true ? [] : ['--all'];
    const ids = await server('docker', 'ps', '--quiet', '--no-trunc', ...running, ...filters);
    return JSON.parse(await server('docker', 'inspect', ...ids.trim().split('\n'))) as Inspected[];
  }

  const inWeb = async (...argv: string[]): Promise<string> => {
    const [web] = await inspect(released('web'));
    return server('docker', 'exec', web?.Id ?? '', ...argv);
  };

  test('a rich file is released, and the log says what is not as written', async () => {
    const env = 'PASSWORD=of-the-input\nTOKEN=$of the input';
    const { log } = await site.arrive('v1', { env });
    expect(await site.serving()).toBe('v1');
    for (const line of ['dropped: build (web)', 'dropped: container_name (web)'])
      expect(log).toContain(line);
    expect(log).toContain('rewritten: restart (web');
    expect(log).not.toContain('of-the-input');
    const shown = await server('docker', 'compose', 'version', '--short');
    expect(shown.trim().startsWith(version)).toBe(true);
  });

  test('the containers are what plain Compose would have made, but for what is named', async () => {
    const plain = '/srv/plain';
    await site.server.copyFolder(site.workspace, plain);
    await server('sh', '-c', `cp -a ${stackFolder}/.env ${stackFolder}/host.* ${plain}/`);
    const files = compose.flatMap((file) => ['-f', `${plain}/${file}`]);
    await server(
      ...['docker', 'compose', '-p', 'plain', '--profile', '*', ...files],
      ...['create', '--no-build', '--pull', 'missing', 'web', 'worker'],
    );
    for (const service of ['web', 'worker']) {
      const [ours, theirs] = [await inspect(released(service)), await inspect(plainly(service))];
      expect(ours).toHaveLength(service === 'web' ? 1 : 2);
      expect(theirs).toHaveLength(ours.length);
      expect(ours.map(comparable)).toEqual(theirs.map(comparable));
    }
    await server('docker', 'compose', '-p', 'plain', 'down', '--volumes');
  });

  test('files of the repository, of the server and of the compose file are where they belong', async () => {
    expect(await inWeb('cat', '/etc/dinghy/app.conf')).toBe('sails = 1\n');
    expect(await inWeb('cat', '/public/index.txt')).toBe('ahoy\n');
    expect(await inWeb('cat', '/etc/motd.txt')).toBe('ahoy of-the-server $HOME\n');
    expect(await inWeb('cat', '/run/secrets/token')).toBe('$of the input');
    expect(await inWeb('cat', '/run/secrets/host-token')).toBe('token of the server');
    const [web] = await inspect(released('web'));
    const sources = web?.Mounts.map(({ Source, RW }) => `${RW ? 'rw' : 'ro'} ${Source}`);
    const folder = '/var/lib/shiplock/dinghy/production/releases/1-v1';
    expect(sources).toEqual(
      expect.arrayContaining([
        `ro ${folder}/files/conf/app.conf`,
        `ro ${folder}/files/public`,
        `rw ${stackFolder}/host-data`,
        `rw ${stackFolder}/base/notes`,
      ]),
    );
  });

  test('of a variable the input wins in the container, and the server’s in the compose file', async () => {
    const environment = (await (await fetch(`${site.origin}/environment`)).json()) as object;
    expect(environment).toMatchObject({
      ...{ PASSWORD: 'of-the-input', URL: 'postgres://dinghy:of-the-server@store' },
      ...{ PRICE: '5$', COMMON: 'yes', FROM_REPOSITORY: 'yes', FROM_HOST: 'yes' },
    });
  });

  test('what no active profile has is not started, but a released service is', async () => {
    const names = await server('docker', 'ps', '--format', '{{.Names}}');
    expect(names).not.toContain('debug');
    expect(names).toContain('worker');
  });

  test('a rollback mounts the files of the release it goes back to, and runs no one-shot', async () => {
    await writeFile(join(site.workspace, 'conf', 'app.conf'), 'sails = 2\n');
    await site.arrive('v2', { env: 'TOKEN=new' });
    expect(await inWeb('cat', '/etc/dinghy/app.conf')).toBe('sails = 2\n');
    expect(await inWeb('cat', '/cargo/runs')).toBe('run\nrun\n');
    const parked = await server('docker', 'ps', '-aq', '--filter', 'label=shiplock.release=1-v1');
    await server('docker', 'rm', ...parked.trim().split('\n'));
    const { exitCode, log } = await site.rollback();
    expect([exitCode, log]).toEqual([0, expect.anything()]);
    expect(await site.serving()).toBe('v1');
    expect(await inWeb('cat', '/etc/dinghy/app.conf')).toBe('sails = 1\n');
    expect(await inWeb('cat', '/run/secrets/token')).toBe('$of the input');
    expect(await inWeb('cat', '/cargo/runs')).toBe('run\nrun\n');
  });
});

async function must(site: Site, argv: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await site.server.exec(argv, { timeoutMs: 180_000 });
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
  return stdout;
}

const without = (map: object, ...keys: readonly string[]): object =>
  Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)));

const sentTargets = /^\/(?:etc\/dinghy\/app\.conf|public)$/;
/** Plain Compose writes these into the container; a release mounts them. */
const textTargets = /^\/(?:etc\/motd\.txt|run\/secrets\/token)$/;
const labelsNotAsWritten =
  /^(?:com\.docker\.compose|shiplock|traefik|com\.centurylinklabs\.watchtower)\./;

/** What of a container is to be the same; what is left out is named in docs/compose.md. */
function comparable({ Id, Config, HostConfig, Mounts }: Inspected): object {
  const own = Id.startsWith(String(Config['Hostname'])) ? ['Hostname'] : [];
  const labels = Object.keys(Config.Labels).filter((key) => !labelsNotAsWritten.test(key));
  const environment = Config['Env'] as readonly string[];
  const mounts = Mounts.filter(({ Destination }) => !textTargets.test(Destination));
  return {
    config: without(Config, 'Image', 'Labels', 'Env', ...own),
    host: without(HostConfig, 'NetworkMode', 'PortBindings', 'Binds', 'Mounts'),
    labels: Object.fromEntries(labels.map((key) => [key, Config.Labels[key]])),
    environment: environment.filter((line) => !/^(?:PASSWORD|TOKEN)=/.test(line)).sort(),
    mounts: mounts
      .map(({ Type, Source, Destination, RW }) => {
        if (sentTargets.test(Destination)) return { Type, Destination };
        if (Type === 'volume') return { Type, Destination, RW };
        return { Type, Destination, RW, Source: Source.replace('/srv/plain', stackFolder) };
      })
      .sort((one, other) => one.Destination.localeCompare(other.Destination)),
  };
}
