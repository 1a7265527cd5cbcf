import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readSections, sectionHelpers } from '../../src/commands/remote-script';
import { shells } from '../support/posix-shells';

describe('sections', () => {
  test.each([
    ['a greeting of the login shell', 'Welcome to Debian\nname\tdmFsdWU=\n', [['name', ['value']]]],
    ['a line that begins with a tab', '\tdmFsdWU=\n', []],
    ['an empty value', 'name\t\n', [['name', ['']]]],
    [
      'several of one name, in order',
      'a\tMQ==\nb\tMg==\na\tMw==\n',
      [
        ['a', ['1', '3']],
        ['b', ['2']],
      ],
    ],
    [
      'letters beyond ASCII',
      `a\t${Buffer.from('größe €').toString('base64')}\n`,
      [['a', ['größe €']]],
    ],
    ['nothing', '', []],
  ])('%s', (_, output, sections) => {
    expect([...readSections(output)]).toEqual(sections);
  });

  test.each(shells)('%s gives back any text as it was', (_, shell) => {
    const text = fc
      .string({ unit: 'grapheme', maxLength: 300 })
      .filter((one) => !one.includes('\0'));
    const property = fc.property(text, (value) => {
      const script = `${sectionHelpers}\nput from-stdin\nsay from-argument "$1"`;
      const run = spawnSync(shell[0], [...shell.slice(1), '-c', script, 'sh', value], {
        input: value,
        encoding: 'utf8',
      });
      if (run.error) throw run.error;
      expect([...readSections(run.stdout)]).toEqual([
        ['from-stdin', [value]],
        ['from-argument', [value]],
      ]);
    });
    fc.assert(property, { numRuns: 20 });
  });
});
