import { describe, expect, test } from '@jest/globals';
import { parseReference } from '../../../src/domain/images/reference';
import { registryLogin } from '../../../src/domain/images/registry-login';
import {
  askedAs,
  mustAsk,
  settleImage,
  type ImageFindings,
  type WantedImage,
} from '../../../src/domain/images/settle-image';

const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;

function wanted(text: string, service: string | null = 'web'): WantedImage {
  const reference = parseReference(text);
  if (reference === undefined) throw new Error(`no reference: ${text}`);
  return { path: 'image of web', reference, service };
}

describe('mustAsk', () => {
  test.each([
    ['an image that the host lacks', 'ghcr.io/a:1', 'web', false, true],
    ['a released tag, which may have moved', 'ghcr.io/a:1', 'web', true, true],
    ['a released digest that the host has', `ghcr.io/a@${digest}`, 'web', true, false],
    ['a released digest that it lacks', `ghcr.io/a@${digest}`, 'web', false, true],
    ['a shared service’s tag that the host has', 'ghcr.io/a:1', null, true, false],
  ])('%s', (_, text, service, isLocal, asked) => {
    expect(mustAsk(wanted(text, service), isLocal)).toBe(asked);
  });
});

describe('settleImage', () => {
  const nobody = registryLogin(undefined, [], []);
  const none: ImageFindings = { local: null, answer: null, manifest: null };
  const manifest = { digest: other, layers: [] };
  const settle = (text: string, found: Partial<ImageFindings>, login = nobody) =>
    settleImage(wanted(text), { ...none, ...found }, login);

  test('a tag becomes the digest that it has now', () => {
    expect(settle('ghcr.io/a:1', { answer: { digest } })).toEqual({ image: `ghcr.io/a@${digest}` });
  });

  test('a digest stays what it is', () => {
    const found = { answer: { digest: other } };
    expect(settle(`ghcr.io/a@${digest}`, found)).toEqual({ image: `ghcr.io/a@${digest}` });
  });

  test('what need not be asked stays what it is', () => {
    const local = { local: [`ghcr.io/a@${digest}`] };
    expect(settle(`ghcr.io/a@${digest}`, local)).toEqual({ image: `ghcr.io/a@${digest}` });
    expect(settle('ghcr.io/a:1', local)).toEqual({ image: `ghcr.io/a@${digest}` });
    expect(settle('ghcr.io/a:1', { local: [] })).toEqual({ image: 'ghcr.io/a:1' });
  });

  const gone = { answer: { said: 'dial tcp: connection refused' } };

  test('without a registry in reach an image that once came from it will do, and one from elsewhere will not', () => {
    const local = [`docker.io/a@${other}`, `ghcr.io/a@${digest}`];
    expect(settle('ghcr.io/a:1', { ...gone, local })).toEqual({ image: `ghcr.io/a@${digest}` });
    expect(settle('ghcr.io/a:1', { ...gone, local: [] })).toHaveProperty('problem');
  });

  test('where the login fails, what lies on the host may be an old one: refused', () => {
    const answer = { said: 'unauthorized: authentication required' };
    const found = { answer, local: [`ghcr.io/a@${digest}`] };
    expect(settle('ghcr.io/a:1', found)).toMatchObject({
      problem: { path: 'image of web', says: expect.stringContaining('without a login') },
    });
  });

  const denied = { answer: { said: 'denied' }, manifest };

  test('what the server’s own login brought counts where the engine was denied, and only with such a login', () => {
    const own = registryLogin(undefined, [], ['ghcr.io']);
    expect(settle('ghcr.io/a:1', denied, own)).toEqual({ image: `ghcr.io/a@${other}` });
    expect(settle('ghcr.io/a:1', denied)).toHaveProperty('problem');
  });

  test('credentials of the inputs that are refused are not made up for by the server’s own', () => {
    const login = registryLogin({ username: 'ada', password: 'p' }, ['ghcr.io/a:1'], ['ghcr.io']);
    expect(settle('ghcr.io/a:1', denied, login)).toMatchObject({
      problem: { says: expect.stringContaining('does not let ada read it') },
    });
  });
});

describe('askedAs', () => {
  const plain = { mirrors: [], insecureRegistries: ['registry.example:5000'] };
  const mirrored = {
    mirrors: ['http://mirror.example:5000/', 'https://other'],
    insecureRegistries: [],
  };
  test.each([
    ['an ordinary registry', 'ghcr.io/a:1', plain, 'ghcr.io/a:1', false],
    [
      'one that the engine takes as insecure',
      'registry.example:5000/a:1',
      plain,
      'registry.example:5000/a:1',
      true,
    ],
    ['one on the host itself', '127.0.0.1:5000/a:1', plain, '127.0.0.1:5000/a:1', true],
    [
      'a name that only begins like it',
      '127.0.0.1.example.com/a:1',
      plain,
      '127.0.0.1.example.com/a:1',
      false,
    ],
    [
      'Docker Hub behind a mirror',
      'node:24',
      mirrored,
      'mirror.example:5000/library/node:24',
      true,
    ],
    ['Docker Hub without one', 'node:24', plain, 'docker.io/library/node:24', false],
    [
      'another registry, for which mirrors do not count',
      'ghcr.io/a:1',
      mirrored,
      'ghcr.io/a:1',
      false,
    ],
  ])('%s', (_, text, engine, reference, insecure) => {
    expect(askedAs(wanted(text).reference, engine)).toEqual({ reference, insecure });
  });
});
