import { describe, expect, test } from '@jest/globals';
import { compareSlots } from '../../../src/domain/compose/compare-slots';

/** A keyed hash of a value that is easy to find again. */
const hash = (text: string): string => `#${String(text.length).padStart(11, '0')}`;
const hashOf = (value: unknown): string =>
  `(keyed hash ${hash(JSON.stringify(value)).slice(0, 12)})`;

const slot = (colour: string, service: object) => ({
  project: `shop-production-${colour}`,
  document: {
    name: `shop-production-${colour}`,
    services: { [`shop-production-${colour}-web`]: service },
  },
});

const compare = (
  before: object | null,
  after: object,
  files: { evaluated?: object; written?: object } = {},
): readonly string[] =>
  compareSlots({
    before: before === null ? null : slot('blue', before),
    after: slot('green', after),
    evaluated: files.evaluated === undefined ? null : { services: { web: files.evaluated } },
    written: files.written === undefined ? null : { services: { web: files.written } },
    hash,
  });

test('slots differ in their names and labels alone: nothing changes', () => {
  const of = (colour: string, release: string) => ({
    image: 'shop@sha256:1',
    hostname: `shop-production-${colour}-web`,
    labels: { 'shiplock.slot': colour, 'shiplock.release': release },
  });
  expect(compare(of('blue', '1-v1'), of('green', '2-v2'))).toEqual([]);
});

test('an image, a number and a new key', () => {
  const before = { image: 'shop@sha256:1', scale: 1 };
  const after = { image: 'shop@sha256:2', scale: 2, restart: 'always' };
  expect(compare(before, after)).toEqual([
    '- services.web.image: "shop@sha256:1"',
    '+ services.web.image: "shop@sha256:2"',
    '- services.web.scale: 1',
    '+ services.web.scale: 2',
    '+ services.web.restart: "always"',
  ]);
});

describe('no value that may be a secret is shown', () => {
  const secret = 'hunter2';

  test('of the environment, however it came there', () => {
    const written = { environment: { TOKEN: secret, MODE: 'plain' } };
    const told = compare({ environment: { TOKEN: 'old' } }, written, {
      evaluated: written,
      written,
    });
    expect(told).toEqual([
      `- services.web.environment.TOKEN: ${hashOf('old')}`,
      `+ services.web.environment.TOKEN: ${hashOf(secret)}`,
      `+ services.web.environment.MODE: ${hashOf('plain')}`,
    ]);
  });

  test.each([
    [
      'a command',
      'command',
      ['redis-server', '--requirepass', secret],
      ['redis-server', '--requirepass', '${PASS}'],
    ],
    ['a label', 'labels', { key: secret }, { key: '${PASS}' }],
    ['a health check', 'healthcheck', { test: ['CMD', secret] }, { test: ['CMD', '${PASS}'] }],
    [
      'a weak one that stands elsewhere in the file',
      'labels',
      { a: 'web', b: 'web' },
      { a: '${PASS}', b: 'web' },
    ],
  ])('interpolated into %s', (_, key, evaluated, written) => {
    const told = compare(
      null,
      { [key]: evaluated },
      { evaluated: { [key]: evaluated }, written: { [key]: written } },
    );
    expect(told.join('\n')).not.toContain(secret);
    expect(told.join('\n')).toMatch(/keyed hash/);
    expect(told.filter((line) => line.includes('web"') && line.includes('labels.a'))).toEqual([]);
  });

  test('but what the file has literally is', () => {
    const service = { command: ['gunicorn', '--workers', '4'], labels: { price: '5$$' } };
    expect(compare(null, service, { evaluated: service, written: service })).toEqual([
      '+ services.web.command: ["gunicorn","--workers","4"]',
      '+ services.web.labels.price: "5$$"',
    ]);
  });

  test('of the release that serves: nobody knows any more how it was written', () => {
    const [before, after] = [{ command: secret }, { command: 'serve' }];
    expect(compare(before, after, { evaluated: after, written: after })).toEqual([
      `- services.web.command: ${hashOf(secret)}`,
      '+ services.web.command: "serve"',
    ]);
  });

  test('of files that could not be read as they are written', () => {
    expect(compare(null, { command: secret })).toEqual([
      `+ services.web.command: ${hashOf(secret)}`,
    ]);
  });
});
