import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readChallenge } from '../../../src/domain/registry/auth-challenge';
import { storedLogin } from '../../../src/domain/registry/docker-config';
import {
  isAttestation,
  packingOf,
  partsOf,
  platformName,
  readManifest,
} from '../../../src/domain/registry/manifest';
import { nextPage, tagsOnPage } from '../../../src/domain/registry/pages';
import { makeImage, makeIndex } from '../../support/oci-image';

const image = makeImage({ layers: ['one', 'two'] });
const index = makeIndex({ arm64: image }, { kind: 'docker', attested: [makeImage()] });

describe('a manifest', () => {
  test('is read by the type that it is sent as, or else that it names', () => {
    const text = image.bytes.toString();
    for (const type of [
      image.mediaType,
      `${image.mediaType}; charset=utf-8`,
      'application/json',
      '',
    ])
      expect(readManifest(text, type)).toMatchObject({ mediaType: image.mediaType });
  });

  test('has parts: config and layers, or children with their platforms', () => {
    const read = readManifest(image.bytes.toString(), image.mediaType);
    const parts = 'wrong' in read ? [] : partsOf(read.document);
    expect(parts.map(({ digest }) => digest)).toEqual(image.blobs.map(({ digest }) => digest));
    const list = readManifest(index.bytes.toString(), index.mediaType);
    const children = 'wrong' in list ? [] : partsOf(list.document);
    expect(children.map(isAttestation)).toEqual([false, true]);
    expect(platformName({ os: 'linux', architecture: 'arm', variant: 'v7' })).toBe('linux/arm/v7');
  });

  test.each([
    ['no known type', '{"schemaVersion":2}', 'text/plain', '"text/plain" is no type of manifest'],
    [
      'a digest that is none',
      image.bytes.toString().replaceAll(/sha256:../g, 'sha256:..'),
      '',
      'it is no application',
    ],
    [
      'what a type wants',
      JSON.stringify({ schemaVersion: 2, mediaType: index.mediaType }),
      '',
      'it is no application',
    ],
    ['JSON, but a page', ' <!doctype html>', 'application/json', 'a web page came instead'],
  ])('without %s is refused', (_what, text, type, says) => {
    expect(readManifest(text, type)).toEqual({ wrong: expect.stringContaining(says) as unknown });
  });
});

describe('what a layer is packed with', () => {
  test.each([
    ['application/vnd.oci.image.layer.v1.tar+zstd', 'zstd'],
    ['application/vnd.docker.image.rootfs.diff.tar.gzip', 'gzip'],
    ['application/vnd.oci.image.layer.v1.tar', 'none'],
    ['application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', null],
    ['constructor', null],
  ])('%s: %s', (type, packing) => {
    expect(packingOf(type)).toBe(packing);
  });
});

describe('a page of a list', () => {
  test.each([
    ['</v2/a/tags/list?last=b&n=1>; rel="next"', '/v2/a/tags/list?last=b&n=1'],
    ['<https://a.test/x>; title="y"; rel=next', 'https://a.test/x'],
    ['</first>; rel="first", </second>; rel="next"', '/second'],
    ['</first>; rel="prev"', null],
    [null, null],
  ])('with the link %s is followed by %s', (link, next) => {
    expect(nextPage(link)).toBe(next);
  });

  test('has tags, or none, or is no list', () => {
    expect(tagsOnPage('{"tags":["a"]}')).toEqual(['a']);
    expect(tagsOnPage('{"tags":null}')).toEqual([]);
    expect(tagsOnPage('{"tags":[1]}')).toBeNull();
    expect(tagsOnPage('<html>')).toBeNull();
  });
});

test('nothing that a registry or a file may say breaks its reader', () => {
  const anything = fc.oneof(fc.string(), fc.json());
  fc.assert(
    fc.property(anything, fc.string(), (text, other) => {
      readManifest(text, other);
      readManifest(text, image.mediaType);
      readChallenge(text);
      storedLogin(text, other);
      nextPage(text);
      tagsOnPage(text);
    }),
  );
});
