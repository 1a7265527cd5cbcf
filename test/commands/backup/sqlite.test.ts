import { describe, expect, test } from '@jest/globals';
import { parseSqlite, sqliteShell, sqliteUri } from '../../../src/commands/backup/sqlite';
import { throwAwayArgv } from '../../../src/commands/backup/throw-away';

test.each([
  ['/srv/app.db', false, 'file:/srv/app.db?mode=ro'],
  ["/srv/100 % #1?/it's.db", true, "file:/srv/100%20%25%20%231%3F/it's.db?mode=ro&immutable=1"],
])('%s is a URI, so that it is never made', (path, immutable, uri) => {
  expect(sqliteUri({ path, immutable })).toBe(uri);
});

test('a session of the shell: what a query writes is run on the same connection', () => {
  const steps = [
    { run: 'BEGIN' },
    { generated: 'SELECT 1' },
    { copyTo: 'x' },
    { rows: 'SELECT 2' },
  ];
  const { stdin } = sqliteShell({ path: '/a', immutable: false, steps });
  expect(stdin.split('\n').slice(3)).toEqual([
    'BEGIN;',
    '.output statements',
    'SELECT 1;',
    '.output',
    '.read statements',
    '.backup x',
    'SELECT 2;',
    '',
  ]);
});

test('what a session prints: counts by table and kind, facts, and words', () => {
  const printed = `wal
{"table":"a\\nb","rows":3}
{"kind":"table","count":1}
{"version":"3.46.1"}
`;
  expect(parseSqlite(printed)).toEqual({
    rowCounts: { 'a\nb': 3 },
    objectCounts: { table: 1 },
    facts: { version: '3.46.1' },
    words: ['wal'],
  });
});

describe('a throw-away container', () => {
  const setting = { docker: ['docker'], image: 'node' };

  test('has no network and hardly a right', () => {
    const line = throwAwayArgv({ ...setting, volumesFrom: 'abc' }, ['sh', '-c', 'true']).join(' ');
    expect(line).toMatch(
      /--network none .*--cap-drop ALL .*--volumes-from abc --entrypoint sh node -c true$/,
    );
  });

  test('mounts a folder with any name, and makes none', () => {
    const mounts = { '/in': { source: '/srv/a,"b"', readOnly: true } };
    expect(throwAwayArgv({ ...setting, mounts }, ['true'])).toContain(
      'type=bind,"source=/srv/a,""b""",target=/in,readonly',
    );
  });
});
