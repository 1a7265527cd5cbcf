import { describe, expect, test } from '@jest/globals';
import { parseAdditions } from '../../src/commands/git-patch';

const read = (...lines: string[]) =>
  parseAdditions(lines.join('\n')).map(({ commit, path, lines }) => [
    commit,
    path,
    Object.fromEntries(lines),
  ]);

describe('what a log of patches adds', () => {
  test('of one parent, with the numbers of the lines', () => {
    const files = read(
      'commit aa',
      '',
      'diff --git a/x.env b/x.env',
      'index 1..2 100644',
      '--- a/x.env',
      '+++ b/x.env',
      '@@ -3 +3,2 @@ section',
      '-old',
      '+new',
      '+newer',
      '@@ -9,0 +11 @@',
      '+last',
      '\\ No newline at end of file',
      'commit bb',
      '',
      'diff --git a/y b/y',
      'new file mode 100644',
      '--- /dev/null',
      '+++ b/y',
      '@@ -0,0 +1 @@',
      '+one',
    );
    expect(files).toEqual([
      ['aa', 'x.env', { 3: 'new', 4: 'newer', 11: 'last' }],
      ['bb', 'y', { 1: 'one' }],
    ]);
  });

  test('of a merge: only what no parent has', () => {
    const files = read(
      'commit cc',
      'diff --cc x',
      'index 1,2..3',
      '--- a/x',
      '+++ b/x',
      '@@@ -1,3 -1,2 +1,4 @@@',
      '  both',
      ' +of the first',
      '- gone',
      '+ of the second',
      '++of the merge',
    );
    expect(files).toEqual([['cc', 'x', { 4: 'of the merge' }]]);
  });

  test('a file whose lines look like the log itself', () => {
    const files = read(
      'commit aa',
      'diff --git a/x b/x',
      '--- a/x',
      '+++ b/x',
      '@@ -0,0 +1,4 @@',
      '+++ b/other',
      '+diff --git a/other b/other',
      '+commit ff',
      '+@@ -1 +1 @@',
    );
    expect(files).toEqual([
      [
        'aa',
        'x',
        { 1: '++ b/other', 2: 'diff --git a/other b/other', 3: 'commit ff', 4: '@@ -1 +1 @@' },
      ],
    ]);
  });

  test('names that git quotes, and that it ends with a tab', () => {
    const named = (name: string) =>
      read(
        'commit aa',
        'diff --git x',
        '--- /dev/null',
        `+++ ${name}`,
        '@@ -0,0 +1 @@',
        '+1',
      )[0]?.[1];
    expect(named('"b/a\\"b\\\\c\\303\\244\\n"')).toBe('a"b\\cä\n');
    expect(named('b/with space\t')).toBe('with space');
  });

  test.each([
    ['cut off', ['commit aa', 'diff --git a/x b/x', '+++ b/x', '@@ -0,0 +1,2 @@', '+1'], 'cut off'],
    ['with a hunk that says nothing', ['diff --git a/x b/x', '+++ b/x', '@@ ?'], 'without numbers'],
    ['with a file shown as binary', ['Binary files a/x and b/x differ'], 'binary'],
  ])('no log: %s', (_, lines, says) => {
    expect(() => read(...lines)).toThrow(says);
  });
});
