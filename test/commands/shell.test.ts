import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loginShellLine, quote, script } from '../../src/commands/shell';

const shells: readonly (readonly [string, readonly string[]])[] = [
  ['sh', []],
  ['dash', []],
  ['bash', []],
  ['busybox', ['ash']],
];

/** What the shell hands to a program, one NUL-ended word each; printf is a builtin, so words of any length pass. */
function wordsSeenBy(shell: readonly [string, readonly string[]], line: string): string[] {
  const [program, prefix] = shell;
  const run = spawnSync(program, [...prefix, '-c', line], { encoding: 'utf8' });
  if (run.error) throw run.error;
  return run.stdout.split('\0').slice(0, -1);
}

const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom(...`'"\\$\`!*?[]{}()<>|&;#~=- \t\n\r%`.split('')),
    maxLength: 30,
  }),
  fc.constantFrom(
    '',
    '-',
    '--',
    '-n',
    "'",
    "''",
    '\n',
    '$(id)',
    '`id`',
    '\\',
    '~root',
    '*',
    '!!',
    'ü€😀',
  ),
);
const sendable = word.filter((text) => !text.includes('\0') && !/\p{Surrogate}/u.test(text));

describe('quote', () => {
  test.each(shells)('%s %j gives back every word as it was', (program, prefix) => {
    const property = fc.property(fc.array(sendable, { maxLength: 8 }), (words) => {
      const line = quote(['printf', '%s\\0', ...words, 'end']);
      expect(wordsSeenBy([program, prefix], line)).toEqual([...words, 'end']);
    });
    fc.assert(property, { numRuns: 200 });
  });

  test.each(shells)(
    '%s %j takes the first word for a program, never for syntax',
    (program, prefix) => {
      for (const first of ['if', '{', 'A=b', '!', '-x', '#']) {
        const run = spawnSync(program, [...prefix, '-c', quote([first, 'echo', 'no'])], {
          encoding: 'utf8',
        });
        expect(run.stdout).toBe('');
        expect(run.status).toBe(127);
      }
    },
  );

  test('refuses a NUL, which would cut the argument', () => {
    expect(() => quote(['echo', 'a\0b'])).toThrow('NUL');
  });

  test('refuses half a surrogate pair, which would arrive as another character', () => {
    expect(() => quote(['echo', '\ud800'])).toThrow('not valid text');
  });

  test('refuses an empty command', () => {
    expect(() => quote([])).toThrow('without words');
  });
});

describe('loginShellLine', () => {
  test.each(shells)('%s %j gives back every word as it was', (program, prefix) => {
    const property = fc.property(fc.array(sendable, { maxLength: 8 }), (words) => {
      const line = loginShellLine(['printf', '%s\\0', ...words, 'end']);
      expect(line).not.toMatch(/[!\n]/);
      expect(wordsSeenBy([program, prefix], line)).toEqual([...words, 'end']);
    });
    fc.assert(property, { numRuns: 50 });
  });

  test('changes nothing that every shell reads alike', () => {
    const argv = ['echo', 'a b', "it's", '$HOME'];
    expect(loginShellLine(argv)).toBe(quote(argv));
  });
});

describe('script', () => {
  test.each(shells)('%s %j hands arguments over as data', (program, prefix) => {
    const property = fc.property(fc.array(sendable, { maxLength: 5 }), (words) => {
      const line = quote(script('printf "%s\\0" "$@" end', words));
      expect(wordsSeenBy([program, prefix], line)).toEqual([...words, 'end']);
    });
    fc.assert(property, { numRuns: 50 });
  });

  test('leaves stdin to the command', () => {
    const run = spawnSync('sh', ['-c', quote(script('cat; printf %s "$1"', ['after']))], {
      input: 'in ',
    });
    expect(run.stdout.toString()).toBe('in after');
  });
});
