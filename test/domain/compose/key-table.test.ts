import { describe, expect, test } from '@jest/globals';
import type { ComposeConfig } from '../../../src/domain/compose/compose-config';
import type { KeyRule } from '../../../src/domain/compose/key-rule';
import {
  attachmentKeys,
  deployKeys,
  networkKeys,
  projectKeys,
  volumeKeys,
} from '../../../src/domain/compose/project-keys';
import { serviceKeys } from '../../../src/domain/compose/service-keys';
import { renderSlot } from '../../../src/domain/compose/slot';
import { refusalOf } from '../../support/refusal-of';
import { shop, slotRequest } from '../../support/shop';

/** A key as real files have it (in the form that `config` prints), what it becomes, and what of it is refused. */
interface Sample {
  readonly written: unknown;
  /** For a rewritten key; every other becomes what its fate says. */
  readonly becomes?: unknown;
  readonly refused?: unknown;
}

const slotName = (service: string): string => `shop-production-blue-${service}`;
const completed = { condition: 'service_completed_successfully' };
const sent = [{ path: 'deploy/app.conf', host: '/srv/shop/app.conf' }];
const copy = '/var/lib/shiplock/shop/production/releases/7-v1.2.0/files/deploy/app.conf';
const bind = (source: string, more = {}) => ({ type: 'bind', source, target: '/x', ...more });

/** One sample for each key of a service: a key without one does not compile. */
const service: Readonly<Record<keyof typeof serviceKeys, Sample>> = {
  annotations: { written: { 'com.example': 'x' } },
  attach: { written: false },
  blkio_config: { written: { weight: 300 } },
  build: { written: { context: '/srv/shop' } },
  cap_add: { written: ['NET_ADMIN'] },
  cap_drop: { written: ['ALL'] },
  cgroup: { written: 'private' },
  cgroup_parent: { written: 'm-executor' },
  command: { written: ['run', '$$HOME'] },
  configs: { written: [{ source: 'motd', target: '/etc/motd', mode: '0444' }] },
  container_name: { written: 'shop-worker' },
  cpu_count: { written: 2 },
  cpu_percent: { written: 50 },
  cpu_period: { written: '20ms' },
  cpu_quota: { written: '50ms' },
  cpu_rt_period: { written: '1400us' },
  cpu_rt_runtime: { written: '400ms' },
  cpu_shares: { written: 73 },
  cpus: { written: 0.5 },
  cpuset: { written: '0-1' },
  credential_spec: { written: { file: 'x.json' } },
  depends_on: {
    written: { web: { condition: 'service_healthy', restart: true }, cache: {}, assets: completed },
    becomes: { [slotName('web')]: { condition: 'service_healthy', restart: true } },
    refused: { web: completed },
  },
  deploy: { written: { replicas: 2 }, becomes: { replicas: 2 } },
  develop: { written: { watch: [{ path: '/srv/shop', action: 'rebuild' }] } },
  device_cgroup_rules: { written: ['c 1:3 mr'] },
  devices: { written: [{ source: '/dev/ttyUSB0', target: '/dev/ttyUSB0', permissions: 'rwm' }] },
  dns: { written: ['8.8.8.8'] },
  dns_opt: { written: ['use-vc'] },
  dns_search: { written: ['example.com'] },
  domainname: { written: 'example.com' },
  entrypoint: { written: ['/entrypoint.sh'] },
  env_file: { written: [{ path: 'app.env', required: true }] },
  environment: { written: { A: 'file', B: '$$5' }, becomes: { A: 'of$$input', B: '$$5' } },
  expose: { written: ['9100'] },
  extends: { written: { service: 'base', file: 'common.yml' } },
  external_links: { written: ['redis'], refused: ['redis'] },
  extra_hosts: { written: ['legacy=10.0.0.9'] },
  gpus: { written: [{ count: -1 }] },
  group_add: { written: ['mail'] },
  healthcheck: { written: { disable: true } },
  hostname: { written: 'crane' },
  image: { written: 'app:1', becomes: slotRequest().images['worker'] },
  init: { written: true },
  ipc: {
    written: 'service:web',
    becomes: `service:${slotName('web')}`,
    refused: 'service:postgres',
  },
  isolation: { written: 'default' },
  label_file: { written: ['app.labels'] },
  labels: {
    written: { 'traefik.enable': 'true', caddy: 'x', caddy_0: 'x', team: 'a$$b', caddyshack: 'y' },
    becomes: expect.objectContaining({ team: 'a$$b', caddyshack: 'y', 'shiplock.slot': 'blue' }),
  },
  links: { written: ['web:api'], becomes: [`${slotName('web')}:api`], refused: ['postgres:db'] },
  logging: { written: { driver: 'json-file', options: { 'max-size': '10m' } } },
  mac_address: { written: '02:42:ac:11:65:43' },
  mem_limit: { written: '268435456' },
  mem_reservation: { written: '134217728' },
  mem_swappiness: { written: 10 },
  memswap_limit: { written: '-1' },
  models: { written: { llm: {} }, refused: { llm: {} } },
  network_mode: {
    written: 'service:web',
    becomes: `service:${slotName('web')}`,
    refused: 'host',
  },
  networks: {
    written: { inner: { aliases: ['crane'] } },
    becomes: { '0-slot-internal': { aliases: ['worker', 'crane'] }, inner: {} },
  },
  oom_kill_disable: { written: true },
  oom_score_adj: { written: -500 },
  pid: { written: 'service:web', becomes: `service:${slotName('web')}`, refused: 'container:x' },
  pids_limit: { written: 100 },
  platform: { written: 'linux/amd64' },
  ports: {
    written: [{ target: 5555 }],
    refused: [{ target: 5555, published: '5555', protocol: 'tcp', mode: 'ingress' }],
  },
  post_start: { written: [{ command: ['ls'] }], refused: [{ command: ['ls'] }] },
  pre_stop: { written: [{ command: ['ls'] }], refused: [{ command: ['ls'] }] },
  privileged: { written: true },
  profiles: { written: ['prod'] },
  provider: { written: { type: 'x' }, refused: { type: 'x' } },
  pull_policy: { written: 'always', becomes: 'never' },
  read_only: { written: true },
  restart: { written: 'always', becomes: 'no' },
  runtime: { written: 'runc' },
  scale: { written: 3 },
  secrets: { written: [{ source: 'token', target: '/run/secrets/token' }] },
  security_opt: { written: ['no-new-privileges:true'] },
  shm_size: { written: '67108864' },
  stdin_open: { written: true },
  stop_grace_period: { written: '1m0s', becomes: '1m0s' },
  stop_signal: { written: 'SIGQUIT' },
  storage_opt: { written: { size: '1G' } },
  sysctls: { written: { 'net.core.somaxconn': '1024' } },
  tmpfs: { written: ['/run:size=1m'] },
  tty: { written: true },
  ulimits: { written: { nofile: { soft: 1024, hard: 2048 } } },
  use_api_socket: { written: true },
  user: { written: '1000:1000' },
  userns_mode: { written: 'host' },
  uts: { written: 'host' },
  volume_driver: { written: 'local' },
  volumes: {
    written: [
      bind('/srv/shop/app.conf', { bind: { create_host_path: true } }),
      bind('/srv/shop/b'),
    ],
    becomes: [
      bind(copy, { bind: { create_host_path: true }, read_only: true }),
      bind('/srv/shop/b'),
    ],
    refused: [bind('/srv/shop')],
  },
  volumes_from: {
    written: ['web:ro'],
    becomes: [`${slotName('web')}:ro`],
    refused: ['postgres'],
  },
  working_dir: { written: '/app' },
};

/** A network mode and networks cannot both be there. */
const beside = (key: string): object => (key === 'network_mode' ? { networks: undefined } : {});

function compose(worker: object): ComposeConfig {
  const file = shop({ worker: { container_name: undefined, ...worker } });
  file.services['assets'] = { image: 'x' };
  return file;
}

function render(worker: object) {
  const images = { ...slotRequest().images, assets: slotRequest().images['web'] ?? '' };
  const slot = renderSlot(
    slotRequest({ compose: compose(worker), sent, images, env: { A: 'of$input' } }),
  );
  const services = slot.document['services'] as Record<string, Record<string, unknown>>;
  const notes = slot.notes.map(({ word, text }) => `${word}: ${text}`);
  return { slot, notes, body: services[slotName('worker')] ?? {} };
}

describe.each(Object.entries(service))('%s of a service', (key, sample) => {
  const rule: KeyRule = serviceKeys[key as keyof typeof serviceKeys];
  const withKey = { [key]: sample.written, ...beside(key) };

  test(`is ${rule.fate}`, () => {
    if (rule.fate === 'refused') {
      expect(sample.refused).toEqual(sample.written);
      return;
    }
    const { notes, body } = render(withKey);
    const told = notes.filter((line) => line.includes(` ${key}`) && line.includes('worker'));
    switch (rule.fate) {
      case 'carried':
        expect([body[key], told]).toEqual([sample.written, []]);
        break;
      case 'rewritten':
        expect(sample.becomes).toBeDefined();
        expect(body[key]).toEqual(sample.becomes);
        break;
      case 'dropped':
        expect(body).not.toHaveProperty(key);
        expect(told).toEqual([expect.stringMatching(`^dropped: ${key} \\(.*worker.*\\): .+`)]);
        break;
      case 'evaluated':
        expect(body).not.toHaveProperty(key);
        expect(told).toEqual([]);
    }
  });

  test('is refused when and only when the table says so', () => {
    expect(sample.refused !== undefined).toBe(rule.refused !== undefined);
    if (sample.refused === undefined) return;
    const refused = { [key]: sample.refused, ...beside(key) };
    expect(refusalOf(() => render(refused))).toMatch(
      new RegExp(`services\\.\\w+\\.${key}: .+ Fix: `),
    );
  });
});

test.each(Object.keys(deployKeys).filter((key) => key !== 'restart_policy'))(
  'deploy.%s is carried',
  (key) => {
    const value = key === 'replicas' ? 2 : { sample: key };
    expect(render({ deploy: { [key]: value } }).body['deploy']).toEqual({ [key]: value });
  },
);

test('deploy.restart_policy is rewritten, and said', () => {
  const { slot, notes, body } = render({ deploy: { restart_policy: { condition: 'any' } } });
  expect(body['deploy']).toEqual({});
  expect(slot.services[1]?.restart).toEqual({ Name: 'always' });
  expect(notes).toContainEqual(
    expect.stringMatching(/^rewritten: deploy\.restart_policy \(web, worker\): /),
  );
});

test.each(Object.entries(attachmentKeys).filter(([key]) => key !== 'aliases'))(
  'networks.<name>.%s of a service',
  (key, rule) => {
    const { notes, body } = render({ networks: { inner: { [key]: 'sample' } } });
    const place = (body['networks'] as Record<string, object>)['inner'];
    const told = notes.some((line) => line.startsWith(`dropped: networks.inner.${key} (`));
    expect([place, told]).toEqual(
      rule.fate === 'dropped' ? [{}, true] : [{ [key]: 'sample' }, key === 'ipv4_address'],
    );
  },
);

describe('a key that the table does not know', () => {
  test('passes through as written, and is said', () => {
    const { notes, body } = render({
      sails: 3,
      deploy: { wind: 'west' },
      networks: { inner: { depth: 2 } },
    });
    expect(body).toMatchObject({
      sails: 3,
      deploy: { wind: 'west' },
      networks: { inner: { depth: 2 } },
    });
    expect(notes.filter((line) => line.startsWith('unknown key: '))).toEqual([
      expect.stringContaining('sails (worker)'),
      expect.stringContaining('deploy.wind (worker)'),
      expect.stringContaining('networks.inner.depth (worker)'),
    ]);
  });

  test('with x- in front is the team’s own, and nothing to say', () => {
    const { notes, body } = render({ 'x-team': { a: 1 } });
    expect(body['x-team']).toEqual({ a: 1 });
    expect(notes.join()).not.toContain('x-team');
  });
});

describe('the rest of the file', () => {
  const { slot } = render({});

  test('holds what the table says, and nothing else', () => {
    const rewritten = Object.entries(projectKeys).filter(([, { fate }]) => fate === 'rewritten');
    expect(Object.keys(slot.document).sort()).toEqual(rewritten.map(([key]) => key).sort());
  });

  test('a network that does not exist yet is made with every key', () => {
    const file = shop();
    const written = {
      name: 'shop_inner',
      driver: 'bridge',
      driver_opts: { mtu: '1400' },
      internal: true,
      attachable: true,
      enable_ipv4: false,
      enable_ipv6: true,
      labels: { team: 'deck' },
      external: false,
      ipam: { driver: 'default', config: [{ subnet: '172.30.5.0/24', gateway: '172.30.5.1' }] },
    };
    expect(Object.keys(written).sort()).toEqual(Object.keys(networkKeys).sort());
    file.networks['inner'] = written;
    const joined = renderSlot(slotRequest({ compose: file })).joined.find(
      ({ key }) => key === 'inner',
    );
    expect(joined).toEqual({
      ...{ key: 'inner', name: 'shop_inner', driver: 'bridge', internal: true, external: false },
      options: { mtu: '1400' },
      more: {
        ...{ Attachable: true, EnableIPv4: false, EnableIPv6: true, Labels: { team: 'deck' } },
        IPAM: { Driver: 'default', Config: [{ Subnet: '172.30.5.0/24', Gateway: '172.30.5.1' }] },
      },
    });
  });

  test('a volume that does not exist yet is made with every key', () => {
    const file = shop();
    const written = {
      name: 'shop-uploads',
      driver: 'nfs',
      driver_opts: { o: 'addr=10.0.0.2' },
      labels: { team: 'deck' },
      external: false,
    };
    expect(Object.keys(written).sort()).toEqual(Object.keys(volumeKeys).sort());
    file.volumes['uploads'] = written;
    expect(renderSlot(slotRequest({ compose: file })).volumes).toMatchObject([
      {
        ...{ name: 'shop-uploads', driver: 'nfs', external: false },
        ...{ options: { o: 'addr=10.0.0.2' }, labels: { team: 'deck' } },
      },
    ]);
  });

  test.each(['configs', 'secrets'] as const)('an external one of %s is refused', (kind) => {
    const file = shop({ worker: { [kind]: [{ source: 'key' }] } });
    file[kind] = { ...file[kind], key: { name: 'key', external: true } };
    expect(refusalOf(() => renderSlot(slotRequest({ compose: file })))).toContain(
      `${kind}.key: is external, and Compose can mount those only in a swarm. Fix: give it a file`,
    );
  });

  test.each(['configs', 'secrets'] as const)('a file of %s that was sent along', (kind) => {
    const file = shop({ worker: { [kind]: [{ source: 'key' }] } });
    file[kind] = { ...file[kind], key: { name: 'key', file: '/srv/shop/app.conf' } };
    const { document } = renderSlot(slotRequest({ compose: file, sent }));
    expect(document[kind]).toMatchObject({ key: { name: 'key', file: copy } });
  });
});
