import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  configCommand,
  createCommand,
  parseConfig,
  parseVersion,
  startSharedCommand,
  versionCommand,
} from '../../../src/commands/compose';
import { sharedServices } from '../../../src/domain/compose/shared-services';
import { renderSlot, type RenderedSlot } from '../../../src/domain/compose/slot';
import { type Environment, startEnvironment } from '../../support/environment';
import { buildSampleImages } from '../../support/sample-app';
import type { Server } from '../../support/server';
import { service } from '../../support/shop';

const folder = '/srv/shop';
const idle = 'sleep 600';
const secret = `a$b$$c \${HOME} "quoted" 'too' \\ #x`;

let environment: Environment;
let server: Server;
let slot: RenderedSlot;
let app: string;

const stack = (image: string): string => `
services:
  web:
    image: ${image}
    command: ${idle}
    environment: { PRICE: 5$$, FROM_DOTENV: '\${FROM_DOTENV}' }
    volumes: ['uploads:/uploads', './settings:/settings:ro']
    ports: ['127.0.0.1:8000:8000']
    depends_on: [cache]
    networks: { default: { aliases: [api] }, inner: null }
    restart: unless-stopped
  worker:
    image: ${image}
    command: ${idle}
    depends_on: [web]
    networks: [inner]
    deploy: { replicas: 2, restart_policy: { condition: any } }
  cache:
    image: ${image}
    command: ${idle}
    networks: [default, inner]
networks:
  default: { driver_opts: { com.docker.network.driver.mtu: '1400' } }
  inner: { internal: true }
volumes:
  uploads: {}
`;

const settings = {
  app: 'shop',
  environment: 'production',
  services: [service('web', 8000), service('worker')],
  migrate: {
    service: 'web',
    command: [
      '/bin/sh',
      '-c',
      'printf "%s|%s|" "$KEY" "$PRICE"; getent hosts cache > /dev/null && echo found',
    ],
    version: ['echo', 'v$1'],
    timeoutMs: 60_000,
  },
};

const must = async (argv: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await server.exec(argv, { timeoutMs: 180_000 });
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
  return stdout;
};
const inspect = async (id: string, what: string): Promise<unknown> =>
  JSON.parse(await must(['docker', 'inspect', '--format', `{{json ${what}}}`, id]));
const idOf = async (...labels: string[]): Promise<string> => {
  const filters = labels.flatMap((label) => ['--filter', `label=${label}`]);
  return (await must(['docker', 'ps', '--all', '--quiet', ...filters])).trim();
};
const addressOf = async (id: string, name: string): Promise<string> =>
  (await must(['docker', 'exec', id, 'getent', 'ahostsv4', name])).split(/\s/)[0] ?? '';

beforeAll(async () => {
  environment = await startEnvironment();
  const images = await buildSampleImages({ versions: { v1: {} } });
  app = images.v1.app;
  server = await environment.startServer({ name: 'compose' });
  await server.writeFile(
    `${folder}/docker-compose.yml`,
    stack('127.0.0.1:5000/shiplock-sample/app:v1'),
  );
  await server.writeFile(`${folder}/.env`, "FROM_DOTENV='from $dotenv'\n");
  const team = { project: 'shop', files: [`${folder}/docker-compose.yml`], directory: folder };
  await must(['docker', 'pull', '--quiet', app]);
  // The stack as it ran before: its containers answer to the plain names on the team's networks.
  await must([...configCommand(['docker'], team).slice(0, -3), 'up', '--detach']);
  const compose = parseConfig(await must(configCommand(['docker'], team)));
  expect(sharedServices(compose, settings)).toEqual(['cache']);
  slot = renderSlot({
    ...{ compose, settings, slot: 'blue', env: { KEY: secret } },
    ...{ sent: [], withTasks: true },
    release: { id: '1-v1', deploy: 'd1' },
    images: { web: app, worker: app },
    base: '/var/lib/shiplock/shop/production',
  });
  for (const network of slot.networks) {
    const options = Object.entries(network.options).flatMap(([key, value]) => [
      '--opt',
      `${key}=${value}`,
    ]);
    const internal = network.internal ? ['--internal'] : [];
    await must(['docker', 'network', 'create', ...internal, ...options, network.name]);
  }
  await server.writeFile(`${folder}/compose.json`, JSON.stringify(slot.document), '600');
  const own = { project: slot.project, files: [`${folder}/compose.json`] };
  const services = Object.keys(slot.document['services'] as object);
  await must(createCommand(['docker'], own, services));
});
afterAll(() => environment.stop());

test('the version that Compose tells is read', async () => {
  expect(parseVersion(await must(versionCommand(['docker'])))?.[0]).toBeGreaterThanOrEqual(2);
});

describe('Compose creates from the document', () => {
  test('every container, by digest, without a restart policy, and starts none', async () => {
    const ids = (await idOf('shiplock.release=1-v1')).split('\n');
    expect(ids).toHaveLength(1 + 2 + 3);
    for (const id of ids) {
      expect(await inspect(id, '.State.Status')).toBe('created');
      expect(await inspect(id, '.Config.Image')).toBe(app);
      expect(await inspect(id, '.HostConfig.RestartPolicy.Name')).toMatch(/^(no)?$/);
      expect(await inspect(id, '.HostConfig.PortBindings')).toEqual({});
    }
  });

  test('environment that reaches the container unchanged', async () => {
    const web = await idOf('shiplock.service=web', 'shiplock.role=service');
    expect(await inspect(web, '.Config.Env')).toEqual(
      expect.arrayContaining([`KEY=${secret}`, 'PRICE=5$', 'FROM_DOTENV=from $dotenv']),
    );
  });

  test("the team's one volume and folder, not copies", async () => {
    const web = await idOf('shiplock.service=web', 'shiplock.role=service');
    const mounts = (await inspect(web, '.Mounts')) as { Name?: string; Source: string }[];
    expect(mounts.map(({ Name, Source }) => Name ?? Source).sort()).toEqual([
      `${folder}/settings`,
      'shop_uploads',
    ]);
    const volumes = await must(['docker', 'volume', 'ls', '--quiet', '--filter', 'name=shop']);
    expect(volumes.trim()).toBe('shop_uploads');
  });
});

describe('a plain up', () => {
  test('starts the services and no task', async () => {
    const file = `${folder}/compose.json`;
    await must(['docker', 'compose', '-p', slot.project, '-f', file, 'up', '--detach']);
    const running = await must([
      'docker',
      'ps',
      '--filter',
      'label=shiplock.slot=blue',
      '--format',
      '{{.Label "shiplock.role"}}',
    ]);
    expect(running.trim().split('\n')).toEqual(['service', 'service', 'service']);
  });
});

describe('names', () => {
  test("in the slot a plain name is this slot's service, also while the old one runs", async () => {
    const web = await idOf('shiplock.service=web', 'shiplock.role=service');
    const addresses = Object.values(
      (await inspect(web, '.NetworkSettings.Networks')) as Record<string, { IPAddress: string }>,
    ).map(({ IPAddress }) => IPAddress);
    for (const name of ['web', 'api']) {
      expect(addresses).toContain(await addressOf(web, name));
    }
    expect(await addressOf(web, 'worker')).not.toBe('');
    const [worker = ''] = (await idOf('shiplock.service=worker', 'shiplock.role=service')).split(
      '\n',
    );
    expect(addresses).toContain(await addressOf(worker, 'web'));
  });

  test("on the team's network only the unique name is the slot's, and the plain one stays the old service's", async () => {
    const cache = await idOf('com.docker.compose.project=shop', 'com.docker.compose.service=cache');
    const old = await idOf('com.docker.compose.project=shop', 'com.docker.compose.service=web');
    const web = await idOf('shiplock.service=web', 'shiplock.role=service');
    const onDefault = async (id: string): Promise<unknown> =>
      inspect(id, '(index .NetworkSettings.Networks "shop_default").IPAddress');
    expect(await addressOf(cache, 'web')).toBe(await onDefault(old));
    expect(await addressOf(cache, 'api')).toBe(await onDefault(old));
    expect(await addressOf(cache, 'shop-production-blue-web')).toBe(await onDefault(web));
  });

  test('a service that had no way out has none', async () => {
    const [worker = ''] = (await idOf('shiplock.service=worker', 'shiplock.role=service')).split(
      '\n',
    );
    const web = await idOf('shiplock.service=web', 'shiplock.role=service');
    const routesOf = (id: string): Promise<string> =>
      must(['docker', 'exec', id, 'cat', '/proc/net/route']);
    expect(await routesOf(web)).toMatch(/^\w+\t00000000\t/m);
    expect(await routesOf(worker)).not.toMatch(/^\w+\t00000000\t/m);
  });
});

describe('tasks', () => {
  test('run with the secrets, reach shared services, and their shell gets its dollar signs', async () => {
    const migrate = await idOf('shiplock.task=migrate');
    expect(await must(['docker', 'start', '--attach', migrate])).toBe(`${secret}|5$|found\n`);
  });

  test('an argv is run as it stands', async () => {
    const look = await idOf('shiplock.task=schema-before');
    expect(await must(['docker', 'start', '--attach', look])).toBe('v$1\n');
  });
});

test('starting shared services leaves what runs as it is', async () => {
  const cache = await idOf('com.docker.compose.project=shop', 'com.docker.compose.service=cache');
  const started = await inspect(cache, '.State.StartedAt');
  const team = { project: 'shop', files: [`${folder}/docker-compose.yml`], directory: folder };
  await must(startSharedCommand(['docker'], team, ['cache']));
  expect(await inspect(cache, '.State.StartedAt')).toBe(started);
});

test('taking the slot down with its volumes cannot take the data', async () => {
  const down = ['docker', 'compose', '-p', slot.project, '-f', `${folder}/compose.json`];
  await must([...down, '--profile', 'shiplock-task', 'down', '--volumes', '--timeout', '0']);
  expect((await must(['docker', 'volume', 'ls', '--quiet'])).split('\n')).toContain('shop_uploads');
  const networks = (await must(['docker', 'network', 'ls', '--format', '{{.Name}}'])).split('\n');
  expect(networks).toEqual(expect.arrayContaining(slot.networks.map(({ name }) => name)));
});
