import { expect, test } from '@jest/globals';
import { readManifest } from '../../../src/domain/images/inspected-manifest';

const amd64 = { os: 'linux', architecture: 'amd64' };
const layers = [{ mediaType: 'x', digest: 'sha256:l', size: 7 }];
const entry = (digest: string, architecture: string, kind: string) => ({
  Ref: 'a:1',
  Descriptor: { digest, size: 1, platform: { os: 'linux', architecture } },
  [kind]: { schemaVersion: 2, layers },
});

test.each([
  ['one manifest, in Docker’s form', entry('sha256:d', 'amd64', 'SchemaV2Manifest'), 'sha256:d'],
  [
    'of a list the one for the platform, in OCI’s form',
    [entry('sha256:arm', 'arm64', 'OCIManifest'), entry('sha256:d', 'amd64', 'OCIManifest')],
    'sha256:d',
  ],
])('%s', (_, answer, digest) => {
  expect(readManifest(JSON.stringify(answer), amd64)).toEqual({
    digest,
    layers: [{ digest: 'sha256:l', size: 7 }],
  });
});

test.each([
  ['a list without the platform', JSON.stringify([entry('sha256:arm', 'arm64', 'OCIManifest')])],
  ['no manifest', 'no such manifest: a:1'],
  ['another answer', '{"schemaVersion":2}'],
])('%s is none', (_, text) => {
  expect(readManifest(text, amd64)).toBeNull();
});
