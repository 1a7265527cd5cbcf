import { describe, expect, test } from '@jest/globals';
import { createRunnerLog } from '../support/runner/log';

function logOf(lines: readonly string[], debug = false) {
  const log = createRunnerLog(debug, () => undefined);
  lines.forEach((line) => log.hear(line));
  return log;
}

describe('workflow commands', () => {
  test.each([
    [
      '::error file=a%2Cb.ts,line=3,title=T%3A 1::x%0Ay 100%25',
      {
        command: 'error',
        properties: { file: 'a,b.ts', line: '3', title: 'T: 1' },
        data: 'x\ny 100%',
      },
    ],
    ['  \t::warning::w', { command: 'warning', properties: {}, data: 'w' }],
    ['::notice::a::b', { command: 'notice', properties: {}, data: 'a::b' }],
    ['::ERROR::e', { command: 'error', properties: {}, data: 'e' }],
    [
      'text ##[error file=a;line=2]e%5D',
      { command: 'error', properties: { file: 'a', line: '2' }, data: 'e]' },
    ],
    ['::error::%250A', { command: 'error', properties: {}, data: '%0A' }],
    ['::error file=,=x::e', { command: 'error', properties: {}, data: 'e' }],
  ])('%s is one', (line, command) => {
    expect(logOf([line]).commands).toEqual([command]);
  });

  test.each(['x ::error::e', '::unknown::e', '::error', ':: error::e', '##[unknown]e', '##[error'])(
    '%s is only text',
    (line) => {
      const { commands, shown } = logOf([line]);
      expect(commands).toEqual([]);
      expect(shown).toEqual([line]);
    },
  );

  test('none is obeyed between stop-commands and its token', () => {
    const log = logOf([
      ...['::stop-commands::tok', '::error::quoted', '::add-mask::secret-value', '::other::'],
      ...['secret-value', '::tok::', '::error::real'],
    ]);
    expect(log.annotations.map(({ message }) => message)).toEqual(['real']);
    expect(log.shown).toContain('secret-value');
    expect(log.shown).toContain('::error::quoted');
  });

  test('groups and errors look as on GitHub; debug is shown only when wanted', () => {
    const lines = ['::group::Pull', '::debug::d', 'x', '::endgroup::', '::warning title=T::w'];
    const shown = ['##[group]Pull', 'x', '##[endgroup]', '##[warning]w'];
    expect(logOf(lines).shown).toEqual(shown);
    expect(logOf(lines, true).shown).toEqual([shown[0], '##[debug]d', ...shown.slice(1)]);
  });

  test('a step keeps ten annotations of a level and cuts long ones', () => {
    const lines = Array.from({ length: 12 }, (_, index) => `::error::${index} ${'x'.repeat(5000)}`);
    const log = logOf([...lines, '::warning::w']);
    expect(log.annotations).toHaveLength(11);
    expect(log.annotations[0]?.message).toHaveLength(4096);
    log.nextStep();
    log.hear('::error::next step');
    expect(log.annotations).toHaveLength(12);
  });
});

describe('masks', () => {
  test('hide a value and each of its lines, the longest first, from then on', () => {
    const { shown, annotations } = logOf([
      ...['early: alpha', '::add-mask::alpha', '::add-mask::alpha-beta%0Agamma', '::add-mask::'],
      ...['alpha alpha-beta gamma', '::error::gamma failed'],
    ]);
    expect(shown).toEqual(['early: alpha', '*** *** ***', '##[error]*** failed']);
    expect(annotations[0]?.message).toBe('*** failed');
  });
});
