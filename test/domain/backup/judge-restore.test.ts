import { describe, expect, test } from '@jest/globals';
import type { DatabaseSettings, EngineName } from '../../../src/domain/backup/database';
import {
  judgeVersion,
  judgeRestore,
  type RestoreAsked,
} from '../../../src/domain/backup/judge-restore';
import type { BackupManifest } from '../../../src/domain/records/backup';
import { sampleSettings } from '../../support/sample-settings';
import { sampleManifest } from '../../support/sample-backup';

const host = 'deploy@shop.example.com';
const machineId = 'f00d';
const manifest = sampleManifest({ host, machineId });

const databases: readonly DatabaseSettings[] = [
  sampleSettings({ service: 'db', database: 'shop' }),
  sampleSettings({ service: 'db', database: 'stock' }),
  sampleSettings({ engine: 'mariadb', service: 'maria', database: 'wiki' }),
  sampleSettings({ engine: 'sqlite', service: 'web', paths: ['/data/app.db'] }),
];

const asked = { id: manifest.id, target: 'shop', confirm: `shop ${manifest.id}` };

const judge = (
  change: Partial<typeof asked> | Record<string, string | null>,
  manifests: readonly BackupManifest[] = [manifest],
  against: { host?: string; machineId?: string | null } = {},
) => judgeRestore({ ...asked, ...change }, { manifests, databases, host, machineId, ...against });

test('a backup goes into the database that is named, and confirmed with its id', () => {
  expect(judge({})).toEqual({ problems: [], choice: { manifest, index: 0 } });
});

describe.each<[string, string, number]>([
  ['its whole name', 'postgres:db/stock', 1],
  ['its own name', 'stock', 1],
  ['a service that one has', 'maria', 2],
  ['a path that one has', '/data/app.db', 3],
])('a target by %s', (_, target, index) => {
  test('is that one', () => {
    const engine = databases[index]?.engine ?? 'postgres';
    const taken = { ...manifest, engine };
    const { choice, problems } = judge({ target, confirm: `${target} ${taken.id}` }, [taken]);
    expect([choice?.index, problems]).toEqual([index, []]);
  });
});

test.each<[string, string | null, string]>([
  ['nobody', null, 'is not given'],
  ['a service that several have', 'db', 'names db, which is no database here, or several'],
  ['what is not there', 'shpo', 'names shpo, which is no database here, or several'],
  ['half of a name', 'postgres:db', 'names postgres:db, which is no database here, or several'],
])('a target that is %s is refused with the names of all', (_, target, says) => {
  const { problems, choice } = judge({ target });
  expect(choice).toBeNull();
  expect(problems).toEqual([
    {
      path: 'input target',
      says,
      fix: expect.stringContaining(
        'postgres:db/stock, mariadb:maria/wiki, sqlite:web//data/app.db',
      ),
    },
  ]);
});

test.each<[string, string | null, string]>([
  ['none', null, 'is not given'],
  ['one that is not there', '8-x', 'names 8-x, which is no proven backup'],
])('an id that is %s is refused with those that are there', (_, id, says) => {
  const problem = {
    path: 'input backup-id',
    says,
    fix: expect.stringContaining(`there are ${manifest.id}`),
  };
  expect(judge({ id }).problems).toEqual([problem]);
  expect(judge({ id }, []).problems).toMatchObject([
    { fix: expect.stringContaining('none is on the server') },
  ]);
});

describe('the confirmation', () => {
  const own = `shop ${manifest.id}`;
  const foreign = `${own} ${host}`;

  test.each<[string, string | null, object, string | null]>([
    ['is missing', null, {}, own],
    ['lacks the id', 'shop', {}, own],
    ['names another database', `stock ${manifest.id}`, {}, own],
    ['says too much', foreign, {}, own],
    ['has other spaces', `  shop   ${manifest.id}\n`, {}, null],
    ['lacks the server, and the backup is of another machine', own, { machineId: 'beef' }, foreign],
    [
      'lacks the server, and no machine has an id, but another name',
      own,
      { host: 'old', machineId: null },
      foreign,
    ],
    ['lacks the server, and only its name tells a clone apart', own, { host: 'old' }, foreign],
    ['names the server that the backup is of', `${own} old`, { host: 'old' }, foreign],
    ['names this server', foreign, { machineId: 'beef' }, null],
  ])('that %s', (_, confirm, taken, wanted) => {
    const { problems } = judge({ confirm }, [{ ...manifest, ...taken }], {});
    const fix = `write confirm: ${wanted ?? ''}`;
    expect(problems).toEqual(
      wanted === null ? [] : [expect.objectContaining({ path: 'input confirm', fix })],
    );
  });

  test('is asked for by name where neither has a machine id and the name is the same', () => {
    expect(judge({}, [{ ...manifest, machineId: null }], { machineId: null }).problems).toEqual([]);
  });
});

test.each<[EngineName, string, boolean]>([
  ['mysql', 'maria', true],
  ['mariadb', 'maria', true],
  ['postgres', 'maria', false],
  ['mysql', 'shop', false],
  ['sqlite', 'shop', false],
  ['valkey', 'maria', false],
])('a backup of %s into %s: %s', (engine, target, fits) => {
  const confirm = `${target} ${manifest.id}`;
  const { problems } = judge({ target, confirm }, [{ ...manifest, engine }]);
  expect(problems.map(({ path }) => path)).toEqual(fits ? [] : ['input target']);
});

test('a backup without data is refused', () => {
  expect(judge({}, [{ ...manifest, empty: true }]).problems).toMatchObject([
    { path: 'input backup-id', says: expect.stringContaining('has no data in it') },
  ]);
});

test('everything that is wrong is told at once', () => {
  const taken = { ...manifest, empty: true, machineId: 'beef' };
  expect(judge({ confirm: 'yes' }, [taken]).problems.map(({ path }) => path)).toEqual([
    'input confirm',
    'input backup-id',
  ]);
  expect(judge({ id: null, target: null }).problems).toHaveLength(2);
});

test.each<[EngineName, string, string, boolean]>([
  ['postgres', '17.4', '17.2', true],
  ['postgres', '17.4', '18.0', true],
  ['postgres', '17.4', '16.9', false],
  ['postgres', '10.1', '9.6', false],
  ['mariadb', '11.8.3-MariaDB', '11.8.2-MariaDB', true],
  ['mariadb', '11.8.3-MariaDB', '11.4.9-MariaDB', false],
  ['mariadb', '11.8.3-MariaDB', '10.11.19-MariaDB', false],
  ['mariadb', '10.11.4-MariaDB', '10.6.2-MariaDB', false],
  ['mariadb', '11.8.3-MariaDB', '5.5.5-11.8.3-MariaDB', true],
  ['mariadb', '5.5.5-10.11.4-MariaDB', '10.6.2-MariaDB', false],
  ['mysql', '8.4.1', '8.0.40', false],
  ['mysql', '8.0.40', '8.4.1', true],
  ['mysql', '8.0.40', '5.7.44', false],
  ['redis', '7.4.1', '7.2.0', false],
  ['redis', '7.2.5', '7.2.0', true],
  ['sqlite', '3.46.0', '3.40.1', true],
  ['files', '', '', true],
  ['postgres', '', '17.4', true],
  ['postgres', '17.4', '', true],
])('%s %s into %s: %s', (engine, serverVersion, server, fits) => {
  const problem = judgeVersion({ id: '7-x', engine, serverVersion }, server);
  if (fits) expect(problem).toBeNull();
  else
    expect(problem?.says).toContain(
      `runs ${engine} ${server}, and 7-x was taken from ${serverVersion}`,
    );
});

describe('what is suggested', () => {
  const database = { engine: 'postgres', service: 'db', database: 'shop', paths: [], urlEnv: null };
  const other = { ...database, engine: 'redis', service: 'cache', database: null };
  const against = {
    manifests: [sampleManifest()],
    databases: [database, other] as unknown as readonly DatabaseSettings[],
    host: 'deploy@shop.example.com',
    machineId: null,
  };
  const judge = (asked: Partial<RestoreAsked>) =>
    judgeRestore({ id: '7-postgres-shop', target: null, confirm: null, ...asked }, against);

  describe('a restore without a target that is known', () => {
    test.each([null, 'shop2'])('target %s: says how the one of the backup is written', (target) =>
      expect(judge({ target }).problems.map(({ fix }) => fix)).toEqual([
        expect.stringContaining(
          'write target: postgres:db/shop and confirm: postgres:db/shop 7-postgres-shop',
        ),
      ]),
    );

    test('says both when the backup is unknown, too', () =>
      expect(judge({ id: '9-nope' }).problems.map(({ path }) => path)).toEqual([
        'input backup-id',
        'input target',
      ]));
  });

  test('what was suggested is taken', () =>
    expect(
      judge({ target: 'postgres:db/shop', confirm: 'postgres:db/shop 7-postgres-shop' }),
    ).toMatchObject({ problems: [], choice: { index: 0 } }));
});
