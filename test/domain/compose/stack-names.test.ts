import { expect, test } from '@jest/globals';
import { checkStackNames } from '../../../src/domain/compose/stack-names';
import { shop } from '../../support/shop';

const running = (service: string, name: string, destination: string, project = 'shop') => ({
  project,
  containers: [{ service, volumes: [{ name, destination }] }],
});
const database = '/var/lib/postgresql/data';

test('another project would start everything anew', () => {
  const [problem, ...others] = checkStackNames(shop(), running('postgres', 'x', database, 'old'));
  expect(others).toEqual([]);
  expect(problem).toEqual({
    path: 'project',
    says: 'is shop, but the stack runs as old; its volumes would start empty',
    fix: 'set project: old in shiplock.yml',
  });
});

test('another volume would be an empty database', () => {
  expect(checkStackNames(shop(), running('postgres', 'shop_pg', database))).toEqual([
    {
      path: 'services.postgres.volumes',
      says: `${database} is the volume shop_pg now and would become shop-database, which starts empty`,
      fix: 'set name: shop_pg under volumes.pg in the compose file',
    },
  ]);
});

test('replicas are told once', () => {
  const [container] = running('web', 'old_uploads', '/uploads').containers;
  const containers = [container, container].flatMap((one) => one ?? []);
  expect(checkStackNames(shop(), { project: 'shop', containers })).toHaveLength(1);
});

test.each([
  ['the same names', running('postgres', 'shop-database', database)],
  ['an anonymous volume', running('postgres', '0123abcd', '/elsewhere')],
  ['a service that left the file', running('gone', 'shop_gone', '/data')],
  ['a folder of the host', running('web', 'x', '/settings')],
  ['nothing at all', null],
])('%s is fine', (_, stack) => expect(checkStackNames(shop(), stack)).toEqual([]));
