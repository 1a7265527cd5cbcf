import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createMasks, maskForms } from '../../../src/platform/github/masks';

const secrets = fc.string({ unit: 'binary', minLength: 8, maxLength: 60 }).filter((text) => {
  // Blanks at the ends are not told apart, and half a surrogate pair cannot leave the process.
  return text.trim() === text && Buffer.from(text).toString() === text && text.length >= 8;
});

function hidden(secret: string, text: string): string {
  const masks = createMasks();
  masks.add(secret);
  return masks.hide(text);
}

describe('left readable', () => {
  test.each(['', '{', '}', 'short', '1234567', '{\n}\n{', '-----BEGIN KEY-----', '        '])(
    '%j',
    (text) => {
      expect(maskForms(text)).toEqual([]);
    },
  );

  test('what a secret has in common with others', () => {
    const key = '-----BEGIN KEY-----\ncanary-line-1\n-----END KEY-----';
    expect(hidden(key, '-----BEGIN KEY----- {}')).toBe('-----BEGIN KEY----- {}');
  });
});

describe('hidden', () => {
  const spellings: [string, (text: string) => string][] = [
    ['as it is', (text) => text],
    ['in JSON', (text) => JSON.stringify(text).slice(1, -1)],
    ['in a URL', encodeURIComponent],
    ['in base64', (text) => Buffer.from(text).toString('base64')],
    ['in base64url', (text) => Buffer.from(text).toString('base64url')],
  ];

  test.each(spellings)('any secret %s', (_, spell) => {
    fc.assert(
      fc.property(secrets, (secret) => {
        expect(hidden(secret, `before ${spell(secret)} after`)).not.toContain(spell(secret));
      }),
    );
  });

  test('a secret with blanks in a form', () => {
    expect(hidden('two words/here', 'a=two+words%2Fhere&b')).toBe('a=***&b');
  });

  test('any secret inside longer base64: of its own bytes at most the ends are left', () => {
    fc.assert(
      fc.property(
        secrets,
        fc.string({ maxLength: 5 }),
        fc.string({ maxLength: 5 }),
        (secret, head, tail) => {
          const shown = hidden(secret, Buffer.from(head + secret + tail).toString('base64'));
          const decodable = (Buffer.byteLength(head) + Buffer.byteLength(tail)) * 1.4 + 10;
          expect(shown.replaceAll('***', '').length).toBeLessThanOrEqual(decodable);
        },
      ),
    );
  });

  test('each line of a secret, and the longer of two that overlap', () => {
    const masks = createMasks();
    masks.add('canary-1');
    masks.add('first line\r\ncanary-1-and-more\nlast line');
    expect(masks.hide('first line, canary-1-and-more, canary-1')).toBe('***, ***, ***');
  });

  test('a secret that was added is not told twice', () => {
    const masks = createMasks();
    expect(masks.add('canary-1')).toContain('canary-1');
    expect(masks.add('canary-1')).toEqual([]);
  });
});
