import { describe, expect, test } from '@jest/globals';
import { composeConfig } from '../../../src/domain/compose/compose-config';
import { renderSlot } from '../../../src/domain/compose/slot';
import { image, service, settings, shop, slotRequest } from '../../support/shop';

const folder = '/var/lib/shiplock/shop/production/releases/7-v1.2.0';
const rendered = renderSlot(slotRequest());
const document = composeConfig.parse({ ...rendered.document });
const web = document.services['shop-production-blue-web'];
const worker = document.services['shop-production-blue-worker'];

test('only the released services are in the document, under their unique names', () => {
  expect(rendered.project).toBe('shop-production-blue');
  expect(document.name).toBe('shop-production-blue');
  expect(Object.keys(document.services)).toEqual([
    'shop-production-blue-web',
    'shop-production-blue-worker',
  ]);
});

test('what only the one original could have is left out, and said', () => {
  for (const key of ['build', 'ports', 'container_name', 'env_file', 'profiles', 'mac_address']) {
    expect([key, web?.[key], worker?.[key]]).toEqual([key, undefined, undefined]);
  }
  expect(rendered.notes.map(({ word, text }) => `${word}: ${text}`)).toEqual([
    expect.stringMatching(/^dropped: build \(web\): the image of the release is used/),
    expect.stringMatching(/^dropped: ports \(web\): /),
    expect.stringMatching(/^dropped: labels\.caddy\.reverse_proxy \(web\): /),
    expect.stringMatching(/^dropped: labels\.com\.centurylinklabs\.watchtower\.enable \(web\): /),
    expect.stringMatching(/^dropped: labels\.traefik\.enable \(web\): /),
    expect.stringMatching(/^dropped: container_name \(worker\): /),
    expect.stringMatching(/^dropped: networks\.inner\.ipv4_address \(web\): /),
    expect.stringMatching(/^rewritten: depends_on \(web, worker\): /),
    expect.stringMatching(/^rewritten: deploy\.restart_policy \(web\): /),
    expect.stringMatching(/^rewritten: image \(web, worker\): /),
    expect.stringMatching(/^rewritten: restart \(worker\): /),
  ]);
});

test('everything else passes through as written', () => {
  for (const key of [
    'command',
    'entrypoint',
    'expose',
    'extra_hosts',
    'healthcheck',
    'logging',
    'volumes',
    'secrets',
    'configs',
  ]) {
    expect([key, web?.[key]]).toEqual([key, shop().services['web']?.[key]]);
    expect(web?.[key]).toBeDefined();
  }
  expect(web?.deploy).toMatchObject({ replicas: 2, resources: { limits: { cpus: 0.5 } } });
  expect(web?.stop_grace_period).toBe('1m30s');
});

test('an image by digest, never pulled or restarted by Compose', () => {
  expect(web).toMatchObject({ image: image('a'), pull_policy: 'never', restart: 'no' });
  expect(worker).toMatchObject({ image: image('b'), pull_policy: 'never', restart: 'no' });
});

test('labels tell the containers apart; labels of the team stay, those that attract proxies go', () => {
  expect(web?.labels).toEqual({
    team: 'a$$b',
    'shiplock.app': 'shop',
    'shiplock.environment': 'production',
    'shiplock.slot': 'blue',
    'shiplock.service': 'web',
    'shiplock.release': '7-v1.2.0',
    'shiplock.base': '/var/lib/shiplock/shop/production',
    'shiplock.deploy': 'd42',
    'shiplock.role': 'service',
  });
});

test('dependencies follow the new names and end at shared services', () => {
  expect(web?.depends_on).toEqual({});
  expect(worker?.depends_on).toEqual({
    'shop-production-blue-web': { condition: 'service_healthy', required: true },
  });
});

test('secrets of the app win over the file and reach the container unchanged, dollar signs too', () => {
  const { document: withEnv } = renderSlot(slotRequest({ env: { PORT: '9', KEY: 'a$b$$c' } }));
  const services = withEnv['services'] as Record<string, { environment: object }>;
  for (const name of ['web', 'worker']) {
    expect(services[`shop-production-blue-${name}`]?.environment).toMatchObject({
      PORT: '9',
      KEY: 'a$$b$$$$c',
    });
  }
  expect(services['shop-production-blue-web']?.environment).toMatchObject({ PRICE: '5$$' });
});

test('what the keeper needs to know of each service', () => {
  expect(rendered.services).toMatchObject([
    {
      ...{ name: 'web', image: image('a'), replicas: 2, port: 8000, stopGraceMs: 90_000 },
      restart: { Name: 'on-failure', MaximumRetryCount: 3 },
    },
    {
      ...{ name: 'worker', image: image('b'), replicas: 1, stopGraceMs: 10_000 },
      restart: { Name: 'unless-stopped' },
    },
  ]);
  expect(rendered.services[1]).not.toHaveProperty('port');
});

test('the stop grace of the config wins, in the document too', () => {
  const slot = renderSlot(
    slotRequest({
      settings: { ...settings, services: [{ ...service('web', 8000), stopGraceMs: 1500 }] },
    }),
  );
  expect(slot.services[0]?.stopGraceMs).toBe(1500);
  expect(slot.document['services']).toMatchObject({
    'shop-production-blue-web': { stop_grace_period: '1.5s' },
  });
});

test('scale counts like replicas', () => {
  const slot = renderSlot(
    slotRequest({ compose: shop({ worker: { scale: 3, container_name: undefined } }) }),
  );
  expect(slot.services[1]?.replicas).toBe(3);
  expect(slot.document['services']).toMatchObject({ 'shop-production-blue-worker': { scale: 3 } });
});

describe('storage', () => {
  test('volumes have their one real name, and Compose can neither copy nor delete them', () => {
    expect(rendered.document['volumes']).toEqual({
      uploads: { name: 'shop_uploads', external: true },
    });
    expect(rendered.volumes).toEqual([
      {
        name: 'shop_uploads',
        driver: 'local',
        options: { type: 'none', o: 'bind', device: '/mnt/uploads' },
        labels: {
          'com.docker.compose.project': 'shop',
          'com.docker.compose.volume': 'uploads',
        },
        external: false,
      },
    ]);
  });

  test('only the configs and secrets that are used come along', () => {
    expect(rendered.document['secrets']).toEqual({
      token: { name: 'shop_token', file: '/srv/shop/token.txt' },
    });
    expect(rendered.document['configs']).toEqual({
      motd: { name: 'shop_motd', file: `${folder}/made/configs-motd` },
    });
  });

  test('a text becomes a file of the release: nobody would put it into a container that Compose does not start', () => {
    expect(rendered.made).toEqual([{ path: 'made/configs-motd', content: 'hello $USER' }]);
  });

  test('a secret from a variable: the input env wins over the variables of the server', () => {
    const compose = shop({ worker: { secrets: [{ source: 'key' }, { source: 'other' }] } });
    compose.secrets = { key: { environment: 'KEY' }, other: { environment: 'OTHER' } };
    compose['x-shiplock'] = { profiles: '', values: { KEY: 'of the server', OTHER: 'a$$b' } };
    const { made } = renderSlot(slotRequest({ compose, env: { KEY: 'of$input' } }));
    expect(made).toContainEqual({ path: 'made/secrets-key', content: 'of$input' });
    expect(made).toContainEqual({ path: 'made/secrets-other', content: 'a$b' });
  });
});

describe('references among released services', () => {
  test('follow the new names', () => {
    const { document: linked } = renderSlot(
      slotRequest({
        compose: shop({
          worker: {
            ...{ networks: undefined, network_mode: 'service:web', pid: 'service:web' },
            ...{ ipc: 'service:web', volumes_from: ['web:ro'], links: ['web', 'web:api'] },
          },
        }),
      }),
    );
    const name = 'shop-production-blue-web';
    expect(linked['services']).toMatchObject({
      'shop-production-blue-worker': {
        ...{ network_mode: `service:${name}`, pid: `service:${name}`, ipc: `service:${name}` },
        ...{ volumes_from: [`${name}:ro`], links: [`${name}:web`, `${name}:api`] },
      },
    });
    const services = linked['services'] as Record<string, object>;
    expect(services['shop-production-blue-worker']).not.toHaveProperty('networks');
  });
});

test('rendering changes nothing of what it was given', () => {
  const request = slotRequest();
  const before = JSON.stringify(request);
  renderSlot(request);
  expect(JSON.stringify(request)).toBe(before);
});
