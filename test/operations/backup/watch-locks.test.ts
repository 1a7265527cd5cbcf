import { describe, expect, test } from '@jest/globals';
import { judgeThreads } from '../../../src/operations/backup/mysql/watch-locks';

const dump = {
  id: 7,
  seconds: 40,
  state: 'Sending data',
  text: 'SELECT /*!40001 SQL_NO_CACHE */ `id` FROM',
  own: true,
};
const waiting = {
  id: 9,
  seconds: 31,
  state: 'Waiting for table metadata lock',
  text: 'ALTER TABLE orders',
  own: false,
};

describe('the watch over a dump', () => {
  test.each([
    ['nobody waits', [dump], false, null],
    ['somebody waits not yet long', [dump, { ...waiting, seconds: 29 }], false, null],
    ['somebody waits behind it', [dump, waiting], false, 'others waited 30 s'],
    ['it waits itself', [{ ...dump, state: waiting.state }], false, 'the dump waited 30 s'],
    ['writers wait by choice', [dump, waiting], true, null],
    [
      'it waits for its locks',
      [{ ...dump, text: 'LOCK TABLES `a` READ', state: waiting.state }],
      true,
      'the dump waited',
    ],
    ['somebody waits for somebody else', [waiting], false, null],
    ['the dump is of another user', [{ ...dump, own: false }, waiting], false, null],
  ])('%s', (_, threads, locked, says) => {
    const verdict = judgeThreads(threads, 30, locked);
    if (says === null) expect(verdict).toBeNull();
    else expect(verdict).toEqual({ dump: 7, says: expect.stringContaining(says) });
  });
});
