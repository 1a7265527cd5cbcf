import { describe, expect, test } from '@jest/globals';
import { composeConfig } from '../../../src/domain/compose/compose-config';
import { sharedServices } from '../../../src/domain/compose/shared-services';
import { renderSlot } from '../../../src/domain/compose/slot';
import { refusalOf } from '../../support/refusal-of';
import { image, settings, shop, slotRequest } from '../../support/shop';

const migrate = {
  service: 'web',
  command: ['/bin/sh', '-c', 'alembic upgrade "$TARGET"'],
  version: ['alembic', 'current'],
  timeoutMs: 300_000,
};
const slot = renderSlot(slotRequest({ settings: { ...settings, migrate }, env: { KEY: 'x' } }));
const services = composeConfig.parse({ ...slot.document }).services;
const task = services['shop-production-blue-migrate'];

test('the version is read before and after, when the config says how', () => {
  const key = (task: string): string => `shop-production-blue-${task}`;
  expect(slot.tasks).toMatchObject([
    { task: 'schema-before', kind: 'look', service: key('schema-before'), timeoutMs: 60_000 },
    { task: 'migrate', kind: 'migration', service: key('migrate'), timeoutMs: 300_000 },
    { task: 'schema-after', kind: 'look', service: key('schema-after'), timeoutMs: 60_000 },
  ]);
  const without = renderSlot(
    slotRequest({ settings: { ...settings, migrate: { ...migrate, version: null } } }),
  );
  expect(without.tasks.map(({ task }) => task)).toEqual(['migrate']);
});

test('a task is the service with another command, its dollar signs left to its own shell', () => {
  expect(task).toMatchObject({
    image: image('a'),
    entrypoint: ['/entrypoint.sh'],
    command: ['/bin/sh', '-c', 'alembic upgrade "$$TARGET"'],
    environment: { PORT: '8000', KEY: 'x' },
    volumes: services['shop-production-blue-web']?.['volumes'],
    deploy: { resources: { limits: { cpus: 0.5 } } },
  });
});

test('nothing starts a task but its name, nothing waits for its health, nobody reaches it as the service', () => {
  expect(task).toMatchObject({
    profiles: ['shiplock-task'],
    restart: 'no',
    healthcheck: { disable: true },
    labels: { 'shiplock.role': 'task', 'shiplock.task': 'migrate', 'shiplock.service': 'web' },
  });
  for (const key of ['ports', 'depends_on', 'scale']) expect(task).not.toHaveProperty(key);
  expect(task?.deploy).not.toHaveProperty('replicas');
  for (const how of Object.values(task?.networks ?? {})) expect(how?.aliases).toEqual([]);
});

test('a service that only migrates runs as a task alone', () => {
  const own = renderSlot(
    slotRequest({
      compose: shop(),
      settings: { ...settings, migrate: { ...migrate, service: 'migrations', version: null } },
      images: { ...slotRequest().images, migrations: image('c') },
    }),
  );
  expect(Object.keys(own.document['services'] as object)).toEqual([
    'shop-production-blue-web',
    'shop-production-blue-worker',
    'shop-production-blue-migrate',
  ]);
  expect(own.services.map(({ name }) => name)).toEqual(['web', 'worker']);
  expect(own.document['services']).toMatchObject({
    'shop-production-blue-migrate': { image: image('c') },
  });
});

describe('a one-shot dependency', () => {
  const completed = { condition: 'service_completed_successfully' };
  const compose = shop({
    worker: { depends_on: { assets: completed, postgres: { condition: 'service_healthy' } } },
    assets: { image: 'x', command: ['build'], depends_on: { fonts: completed }, ports: [] },
    fonts: { image: 'y', command: ['fetch'], restart: 'on-failure' },
  });
  const images = { ...slotRequest().images, assets: image('c'), fonts: image('d') };

  test('runs once per release, after those that it waits for itself, and not in the slot', () => {
    const own = renderSlot(slotRequest({ compose, images }));
    expect(own.tasks.map(({ task, kind }) => [task, kind])).toEqual([
      ['fonts', 'once'],
      ['assets', 'once'],
    ]);
    expect(own.services.map(({ name }) => name)).toEqual(['web', 'worker']);
    expect(own.document['services']).toMatchObject({
      'shop-production-blue-fonts': {
        ...{ image: image('d'), command: ['fetch'], restart: 'no', profiles: ['shiplock-task'] },
        labels: { 'shiplock.role': 'task', 'shiplock.task': 'fonts' },
      },
      'shop-production-blue-worker': { depends_on: {} },
    });
    expect(own.images).toEqual([image('a'), image('b'), image('d'), image('c')]);
  });

  test('runs before the migration, and after it when it waits for it', () => {
    const migrates = { ...migrate, service: 'migrations', version: null };
    const later = shop({
      worker: { depends_on: { assets: completed, seed: completed } },
      assets: { image: 'x' },
      seed: { image: 'x', depends_on: { migrations: completed } },
    });
    const own = renderSlot(
      slotRequest({
        compose: later,
        settings: { ...settings, migrate: migrates },
        images: { ...images, seed: image('e'), migrations: image('f') },
      }),
    );
    expect(own.tasks.map(({ task }) => task)).toEqual(['assets', 'migrate', 'seed']);
  });

  test('is no task of a rollback, which needs no image for it', () => {
    const own = renderSlot(slotRequest({ compose, withTasks: false }));
    expect(own.tasks).toEqual([]);
    expect(Object.keys(own.document['services'] as object)).toHaveLength(2);
  });

  test('cannot be called like a task of the migration', () => {
    const request = slotRequest({
      compose: shop({ worker: { depends_on: { migrate: completed } }, migrate: { image: 'x' } }),
      settings: { ...settings, migrate },
      images: { ...images, migrate: image('c') },
    });
    expect(refusalOf(() => renderSlot(request))).toContain(
      'services.migrate: has the name of the one-off container that migrates',
    );
  });

  test('is none of the shared services', () => {
    expect(sharedServices(compose, settings)).not.toContain('assets');
    expect(sharedServices(compose, settings)).toContain('volumes-init');
  });
});
