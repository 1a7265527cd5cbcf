import { describe, expect, test } from '@jest/globals';
import { renderSlot } from '../../../src/domain/compose/slot';
import { service, settings, shop, slotRequest } from '../../support/shop';
import { refusalOf } from '../../support/refusal-of';

const worker = (change: Record<string, unknown>) => ({ compose: shop({ worker: change }) });
const web = (change: Record<string, unknown>) => ({ compose: shop({ web: change }) });
const named = (app: string, ...names: string[]) => ({
  settings: { ...settings, app, services: names.map((name) => service(name, 8000)) },
});

describe('a service that cannot live in a slot', () => {
  test.each([
    [
      'without an image',
      { images: {} },
      'services.web.image: has no image of this release. Fix: name one in the input images',
    ],
    [
      'with a tag only',
      { images: { web: 'a:1', worker: 'a:1' } },
      'services.worker.image: has no image of this release',
    ],
    [
      'that publishes a worker port',
      worker({ ports: [{ target: 5555, published: '5555' }] }),
      'services.worker.ports: publishes 5555/tcp on host port 5555, which two slots cannot both have, and no route leads there. Fix: set release.worker.port: 5555 and route to it',
    ],
    [
      'that publishes another port than the routed one',
      web({ ports: [{ target: 9000, published: '9000' }] }),
      'services.web.ports: publishes 9000/tcp',
    ],
    [
      'that publishes over UDP',
      web({ ports: [{ target: 8000, published: '8000', protocol: 'udp' }] }),
      'publishes 8000/udp',
    ],
    [
      'on the network of the host',
      worker({ network_mode: 'host' }),
      'services.worker.network_mode: is host',
    ],
    [
      'in the network of a shared service',
      worker({ network_mode: 'service:postgres' }),
      'services.worker.network_mode: is service:postgres: a slot cannot live in the network of a container that stays. Fix: join a network instead, or release postgres too',
    ],
    [
      'in the network of a container',
      worker({ network_mode: 'container:vpn' }),
      'services.worker.network_mode: is container:vpn',
    ],
    [
      'routed, but without a name of its own',
      web({ network_mode: 'service:worker', ports: [] }),
      'so the proxy cannot reach the service by its name',
    ],
    [
      'routed, but without any network',
      web({ network_mode: 'none', ports: [] }),
      'services.web.network_mode: is none',
    ],
    [
      'with a link to a shared service',
      worker({ links: ['postgres:db'] }),
      'services.worker.links: reaches into postgres:db, which stays while slots change. Fix: drop the link and use the name postgres.',
    ],
    [
      'with the volumes of a shared service',
      worker({ volumes_from: ['postgres:ro'] }),
      'services.worker.volumes_from: reaches into postgres:ro',
    ],
    [
      'with the volumes of a container',
      worker({ volumes_from: ['container:web'] }),
      'services.worker.volumes_from: reaches into container:web',
    ],
    [
      'in the process space of a shared service',
      worker({ pid: 'service:postgres' }),
      'services.worker.pid: reaches into service:postgres, which stays while slots change. Fix: remove pid, or release postgres too.',
    ],
    [
      'with the memory of a container',
      worker({ ipc: 'container:cache' }),
      'services.worker.ipc: reaches into container:cache',
    ],
    [
      'that waits for a one-shot service without an image',
      worker({ depends_on: { migrations: { condition: 'service_completed_successfully' } } }),
      'services.migrations.image: has no image of this release',
    ],
    [
      'that ends by itself',
      worker({ depends_on: { web: { condition: 'service_completed_successfully' } } }),
      'services.web.depends_on: ends by itself: worker waits until it has completed. Fix: take web out of release',
    ],
    [
      'with hooks of Compose',
      worker({ pre_stop: [{ command: 'ls' }] }),
      'services.worker.pre_stop: cannot be released: containers are stopped without Compose, so nobody would run it. Fix: do that work on SIGTERM',
    ],
    [
      'that is not in the file',
      named('shop', 'webb'),
      'release.webb: the compose file has no service webb. Fix: name one of cache, migrations, nginx',
    ],
    [
      'named like something every object has',
      named('shop', 'constructor'),
      'the compose file has no service constructor',
    ],
    [
      'with a name that DNS does not find',
      {
        ...named('a'.repeat(30), 'a'.repeat(20)),
        ...{ compose: shop({ ['a'.repeat(20)]: { image: 'x' } }) },
      },
      'is 5 characters too long to be found by DNS',
    ],
    [
      'called like another but for its case',
      { ...named('shop', 'Web', 'web'), compose: shop({ Web: { image: 'x' } }) },
      'release.web: differs from Web in upper and lower case only, which DNS does not tell apart. Fix: rename one of them',
    ],
    [
      'whose name in a slot is taken',
      { compose: shop({ 'shop-production-blue-web': { image: 'x' } }) },
      'release.web: its name in a slot, shop-production-blue-web, is the name of the service shop-production-blue-web',
    ],
    [
      'whose name in a slot is that of a container',
      { compose: shop({ postgres: { container_name: 'shop-production-blue-web' } }) },
      'is the name of the service postgres',
    ],
  ])('%s', (_, changes, message) => {
    expect(refusalOf(() => renderSlot(slotRequest(changes)))).toContain(message);
  });

  test('called like a task of the migration', () => {
    const migrate = { service: 'web', command: ['true'], version: null, timeoutMs: 1 };
    const services = [service('web', 8000), service('migrate')];
    const request = slotRequest({
      settings: { ...settings, services, migrate },
      compose: shop({ migrate: { image: 'x' } }),
    });
    expect(refusalOf(() => renderSlot(request))).toContain(
      'release.migrate: has the name of the one-off',
    );
  });
});

test('a migration by a service that is not there', () => {
  const migrate = { service: 'alembic', command: ['true'], version: null, timeoutMs: 1 };
  const request = slotRequest({ settings: { ...settings, migrate } });
  expect(refusalOf(() => renderSlot(request))).toContain(
    'migrate.service: the compose file has no service alembic',
  );
});

test('a 63-character name is still allowed', () => {
  // The longer of the two slots decides: what fits into blue must fit into green.
  const name = 'a'.repeat(63 - 'shop-production-green-'.length);
  const request = slotRequest({
    ...named('shop', name),
    compose: shop({ [name]: { image: 'x' } }),
    images: { [name]: `x@sha256:${'a'.repeat(64)}` },
  });
  expect(renderSlot(request).services[0]?.name).toBe(name);
});

test('a one-shot service whose work is the migration is no hindrance', () => {
  const migrate = { service: 'migrations', command: ['true'], version: null, timeoutMs: 1 };
  const request = slotRequest({
    ...worker({ depends_on: { migrations: { condition: 'service_completed_successfully' } } }),
    settings: { ...settings, migrate },
    images: { ...slotRequest().images, migrations: slotRequest().images['web'] ?? '' },
  });
  expect(renderSlot(request).tasks.map(({ task }) => task)).toEqual(['migrate']);
});

test('all problems come at once', () => {
  const text = refusalOf(() =>
    renderSlot(
      slotRequest({
        compose: shop({
          web: { links: ['postgres'], pid: 'service:postgres' },
          worker: { network_mode: 'host' },
        }),
        images: {},
      }),
    ),
  );
  expect(text).toContain('the compose file cannot be released: 5 problems');
});
