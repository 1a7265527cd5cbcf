import { expect, test } from '@jest/globals';
import { unexplained } from '../../../src/domain/backup/unexplained';

const both = (path: string) => [
  { path, only: 'first' as const },
  { path, only: 'second' as const },
];

test.each([
  ['nothing differs', [], [], []],
  ['a file that was written to', both('./log'), ['./log'], []],
  ['a file that nobody touched', both('./app.css'), ['.', './log'], ['./app.css']],
  ['a file that came', [{ path: './new', only: 'first' as const }], ['.', './new'], []],
  [
    'a file that went, as its folder says',
    [{ path: './a/old', only: 'second' as const }],
    ['./a'],
    [],
  ],
  [
    'a file that went, and no folder says so',
    [{ path: './a/old', only: 'second' as const }],
    ['./b'],
    ['./a/old'],
  ],
  [
    'a folder that went with all in it',
    [
      { path: './a', only: 'second' as const },
      { path: './a/b', only: 'second' as const },
      { path: './a/b/c', only: 'second' as const },
    ],
    ['.'],
    [],
  ],
])('%s', (_, differences, changed, paths) => {
  expect(unexplained(differences, new Set(changed))).toEqual(paths);
});
