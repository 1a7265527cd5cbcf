import { expect, test } from '@jest/globals';
import type { Release } from '../../../src/domain/records/release';
import { dataStanding } from '../../../src/domain/release/data-standing';
import { releaseOf } from '../../support/scripted/release';

const release = (
  seq: number,
  before: string | null,
  after: string | null,
  ...backups: string[]
): Release => releaseOf(seq, 'blue', { schemaVersion: { before, after }, backups });

type Expected = readonly [
  schemaOfRelease: string | null,
  schemaNow: string | null,
  moved: boolean | null,
  movedBy: string | null,
  ...backups: string[],
];

test.each<[string, readonly Release[], Expected]>([
  [
    'the same schema in both releases',
    [release(1, 'a', 'a'), release(2, 'a', 'a', 'b2')],
    ['a', 'a', false, null, 'b2'],
  ],
  [
    'a schema that moved, with the backup from before',
    [release(1, 'a', 'a', 'b1'), release(2, 'a', 'b', 'b2')],
    ['a', 'b', true, '2-v2', 'b2'],
  ],
  [
    'a schema that moved, and no backup',
    [release(1, 'a', 'a', 'b1'), release(2, 'a', 'b')],
    ['a', 'b', true, '2-v2'],
  ],
  [
    'several releases in between: the newest data that suits is from before the first move',
    [
      release(1, 'a', 'a'),
      release(2, 'a', 'a', 'b2'),
      release(3, 'a', 'b', 'b3'),
      release(4, 'b', 'c', 'b4'),
    ],
    ['a', 'c', true, '3-v3', 'b3'],
  ],
  [
    'a schema that moved there and back',
    [release(1, 'a', 'a'), release(2, 'a', 'b', 'b2'), release(3, 'b', 'a', 'b3')],
    ['a', 'a', false, null, 'b2'],
  ],
  [
    'nobody ever asked',
    [release(1, null, null), release(2, null, null)],
    [null, null, null, '2-v2'],
  ],
  [
    'nobody ever asked, and there is a backup',
    [release(1, null, null), release(2, null, null, 'b2')],
    [null, null, null, '2-v2', 'b2'],
  ],
  [
    'what the next deploy found before its migration was the schema of the release',
    [release(1, null, null), release(2, 'a', 'b', 'b2')],
    ['a', 'b', true, '2-v2', 'b2'],
  ],
  [
    'a later deploy did not come to its migration',
    [release(1, 'a', 'a'), release(2, 'a', 'b', 'b2'), release(3, null, null)],
    ['a', 'b', true, '2-v2', 'b2'],
  ],
])('%s', (_, ledger, [schemaOfRelease, schemaNow, moved, movedBy, ...backups]) => {
  const [serving] = ledger;
  if (serving === undefined) throw new Error('no release');
  expect(dataStanding(ledger, serving)).toEqual({
    ...{ release: '1-v1', schemaOfRelease, schemaNow, moved, movedBy, backups },
  });
});
