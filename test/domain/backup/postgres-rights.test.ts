import { expect, test } from '@jest/globals';
import { judgeRights, judgeVersions } from '../../../src/domain/backup/postgres-rights';

test.each([
  ['170004', '17.4', '17.0', 0],
  ['170004', '17.4', '18.1', 0],
  ['170004', '17.4', '16.9', 1],
  ['90624', '9.6.24', '9.2', 1],
  ['90624', '9.6.24', '9.6.24', 0],
  ['100023', '10.23', '9.6', 1],
])('server %s (%s), client %s', (number, server, tool, count) => {
  const problems = judgeVersions(number, server, tool);
  expect(problems).toHaveLength(count);
  for (const { says } of problems) {
    expect(says).toContain(tool);
    expect(says).toContain(server);
  }
});

test('every right that is missing has its statement', () => {
  const facts = new Map([
    ['schema', ['stock']],
    ['table', ['public', '"Odd"']],
    ['rls', ['public.a', 'public.b', 'public.c', 'public.d', 'public.e', 'public.f']],
  ]);
  const problems = judgeRights('back"up', facts);
  expect(problems.map(({ fix }) => fix)).toEqual([
    'GRANT USAGE ON SCHEMA stock TO "back""up";',
    'GRANT SELECT ON ALL TABLES IN SCHEMA public, "Odd" TO "back""up";',
    'ALTER ROLE "back""up" BYPASSRLS;',
  ]);
  expect(problems.at(-1)?.says).toContain('public.e and 1 more');
});

test('nothing is missing where nothing is', () =>
  expect(judgeRights('app', new Map())).toEqual([]));
