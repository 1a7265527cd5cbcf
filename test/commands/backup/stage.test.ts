import { expect, test } from '@jest/globals';
import { firstWords } from '../../../src/commands/backup/stage';

test.each([
  ['one line\n', 'one line'],
  ['\n\nfirst\nsecond\nthird\n', 'first\nsecond'],
  ['x'.repeat(300), `${'x'.repeat(199)}…`],
  ['ERROR:  no\nDETAIL:  Failing row contains (1, secret).\n', 'ERROR:  no'],
  ['a: ERROR:  no\nCONTEXT:  COPY users, line 7: "secret"\nb', 'a: ERROR:  no\nb'],
  ["pg_restore: error\nCommand was: insert into users values ('secret')", 'pg_restore: error'],
])('of %j is told %j', (stderr, told) => expect(firstWords(stderr)).toBe(told));
