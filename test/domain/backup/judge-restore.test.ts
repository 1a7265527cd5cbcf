import { describe, expect, test } from '@jest/globals';
import type { DatabaseSettings } from '../../../src/domain/backup/database';
import { judgeRestore, type RestoreAsked } from '../../../src/domain/backup/judge-restore';
import { sampleManifest } from '../../support/sample-backup';

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
