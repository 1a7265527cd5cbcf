import { expect, test } from '@jest/globals';
import { composeConfig } from '../../../src/domain/compose/compose-config';
import { renderSlot } from '../../../src/domain/compose/slot';
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
  expect(slot.tasks).toEqual([
    { task: 'schema-before', service: 'shop-production-blue-schema-before', timeoutMs: 60_000 },
    { task: 'migrate', service: 'shop-production-blue-migrate', timeoutMs: 300_000 },
    { task: 'schema-after', service: 'shop-production-blue-schema-after', timeoutMs: 60_000 },
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
