import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { marked } from 'marked';
import { code, fence, fenced, prose, table } from '../../src/report/markdown';

const html = (markdown: string) => marked.parse(markdown, { async: false });
const tags = (markdown: string) =>
  [...html(markdown).matchAll(/<\/?([a-z][a-z0-9]*)/g)].map((match) => match[1] ?? '');

const hostile = [
  '`````',
  'a `b` | c \\| d \\',
  '</details></table><script>alert(1)</script>',
  '![x](https://evil.example/x.png) <img src=x onerror=y>',
  '[click](https://evil.example) https://evil.example www.evil.example mail@evil.example',
  '@octocat please see #12 and GH-3 :tada:',
  '# heading\n- item\n1. item\n> quote\n---\n| a | b |',
  '**bold** _under_ ~~gone~~ $x^2$ &lt;b&gt; &#64;octocat',
  '\u001b[31mred\u001b[0m \u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007 \u202eback',
  '::error::stolen\r\n##[warning]stolen',
];

describe('remote text in a sentence', () => {
  test.each(hostile)('is inert: %j', (text) => {
    const page = tags(`x ${prose(text)}\n\n- x: ${prose(text)}`);
    expect(page.filter((tag) => !['p', 'br', 'ul', 'li', 'code', 'span'].includes(tag))).toEqual(
      [],
    );
  });

  test.each([
    ['a mention', 'ask @octocat', 'ask @\u200boctocat'],
    ['a mention as an entity', '&#64;octocat', '&#38;#64;octocat'.replace('#64', '#\u200b64')],
    ['an issue', 'see #12', 'see #\u200b12'],
    ['a formula', 'costs $5', 'costs <span>$</span>5'],
    [
      'an address, which stays good to copy',
      'see https://x.example/y',
      'see https&#58;//x.example/y',
    ],
    [
      'a host and port, untouched',
      'dial 127.0.0.1:5000 at 12:30:45',
      'dial 127.0.0.1:5000 at 12:30:45',
    ],
    ['a command in backticks, untouched', 'run `ls -l @x #1`.', 'run `ls -l @x #1`.'],
    ['lines', 'one\r\n  two', 'one<br>two'],
  ])('%s', (_, text, expected) => {
    expect(prose(text)).toBe(expected);
  });

  test('is cut with an ellipsis, never in the middle of a character', () => {
    expect(prose('😀'.repeat(10), 6)).toBe('😀😀…');
  });
});

describe('remote text as code in a table', () => {
  test.each(hostile)('stays in its cell: %j', (text) => {
    const page = html(table(['a', 'b'], [[code(text), 'second']]));
    expect(page.match(/<td>/g)).toHaveLength(2);
    expect(page).toContain('<td>second</td>');
    expect(page).not.toMatch(/<(?:a|img|script|h1|em|strong)\b/);
  });

  test('says that there is nothing', () => {
    expect(code(' \n\u001b[0m')).toBe('–');
  });

  test('any text at all is one inert cell', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const page = html(table(['a', 'b', 'c'], [[code(text), prose(text), 'last']]));
        expect(page.match(/<td>/g)).toHaveLength(3);
        expect(page).not.toMatch(/<(?:a|img|script|h1|em|strong|li|blockquote)\b/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('remote output as a block', () => {
  test('cannot close the block, whatever run of backticks it has', () => {
    const lines = ['```', '~~~', '``````', '</details>', '# not a heading'];
    expect(tags(fence(lines, 10))).toEqual(['pre', 'code', 'code', 'pre']);
    expect(fence(lines, 10).split('\n')[0]).toBe('```````text');
  });

  test('shows the last lines, without colours and control characters', () => {
    const lines = ['first', '\u001b[1;31msecond\u001b[0m', 'third\u0000\u0008\r', '', ''];
    expect(fence(lines, 4)).toBe('```text\nsecond\nthird\n```');
  });

  test('five megabytes in one line or in many cost neither space nor much time', () => {
    const start = Date.now();
    expect(fence(['x\u001b['.repeat(1_700_000)], 40).length).toBeLessThan(600);
    expect(fence(Array<string>(500_000).fill('0123456789'), 40).length).toBeLessThan(600);
    expect(Date.now() - start).toBeLessThan(2000);
  });

  test('of ours has the fence that it needs', () => {
    expect(fenced('gantt', 'mermaid')).toBe('```mermaid\ngantt\n```');
  });
});
