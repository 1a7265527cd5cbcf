import { describe, expect, test } from '@jest/globals';
import {
  digestAmong,
  formatReference,
  parseReference,
  pinned,
  repositoryOf,
} from '../../../src/domain/images/reference';

const digest = `sha256:${'0a'.repeat(32)}`;

describe('no reference', () => {
  test.each([
    ...[
      '',
      ' ',
      'a b',
      'Upper/case',
      '-a',
      'a-',
      'a//b',
      '/a',
      'a/',
      'a:',
      ':a',
      'a:b:c',
      'a_',
      'a___b',
    ],
    ...[
      `a:${'x'.repeat(129)}`,
      'a:.tag',
      'a:tag/../x',
      'a@',
      'a@sha256:0',
      `a@${digest.toUpperCase()}`,
    ],
    ...[
      `a@md5:${'0'.repeat(32)}`,
      `a@${digest}@${digest}`,
      'http://a/b',
      'a\nb',
      '$(id)',
      'host:port/a',
    ],
    ...['-host.example/a', '--rm', 'a'.repeat(256)],
  ])('%j', (text) => expect(parseReference(text)).toBeUndefined());
});

describe('a reference', () => {
  test.each([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1.26', 'docker.io/library/nginx:1.26'],
    ['team/app', 'docker.io/team/app:latest'],
    ['docker.io/nginx', 'docker.io/library/nginx:latest'],
    ['index.docker.io/team/app:1', 'docker.io/team/app:1'],
    ['ghcr.io/team/app:v1.2.0', 'ghcr.io/team/app:v1.2.0'],
    ['localhost/app', 'localhost/app:latest'],
    ['localhost:5000/app:1', 'localhost:5000/app:1'],
    ['127.0.0.1:5000/a/b/c:1', '127.0.0.1:5000/a/b/c:1'],
    ['[::1]:5000/app:1', '[::1]:5000/app:1'],
    ['registry:5000/app', 'registry:5000/app:latest'],
    ['a.b/c--d/e__f.g:T_a.g-1', 'a.b/c--d/e__f.g:T_a.g-1'],
    [`app@${digest}`, `docker.io/library/app@${digest}`],
    [`ghcr.io/team/app:1@${digest}`, `ghcr.io/team/app:1@${digest}`],
  ])('%s is %s', (text, full) => {
    const reference = parseReference(text);
    expect(reference && formatReference(reference)).toBe(full);
    expect(parseReference(full)).toMatchObject({
      registry: reference?.registry,
      path: reference?.path,
    });
  });

  test('is pinned by its repository and a digest, the tag forgotten', () => {
    const reference = parseReference('nginx:1.26');
    expect(reference && pinned(reference, digest)).toBe(`docker.io/library/nginx@${digest}`);
    expect(reference && repositoryOf(reference)).toBe('docker.io/library/nginx');
  });

  test('finds its digest in what the engine says, in short or full form', () => {
    const reference = parseReference('nginx:1.26');
    const other = `ghcr.io/x/nginx@sha256:${'1'.repeat(64)}`;
    expect(reference && digestAmong(reference, [other, `nginx@${digest}`])).toBe(digest);
    expect(reference && digestAmong(reference, [other, '<none>@<none>'])).toBeUndefined();
  });
});
