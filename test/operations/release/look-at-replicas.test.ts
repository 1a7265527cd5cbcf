import { describe, expect, test } from '@jest/globals';
import { EngineError } from '../../../src/errors';
import { lookAtReplicas } from '../../../src/operations/release/look-at-replicas';
import type { Engine } from '../../../src/platform/docker-api/docker-api';
import type { ContainerDetails } from '../../../src/platform/docker-api/types';

const digest = `sha256:${'a'.repeat(64)}`;
const id = `sha256:${'1'.repeat(64)}`;

const container = (changes: Partial<ContainerDetails>): ContainerDetails =>
  ({
    labels: { 'com.docker.compose.service': 'web' },
    image: 'registry.example.com/shop/web:v1',
    imageId: id,
    restartPolicy: { name: 'unless-stopped', maximumRetryCount: 0 },
    stopTimeoutSeconds: undefined,
    ...changes,
  }) as ContainerDetails;

/** An engine that knows one image, with these digests; null = it does not know it any more. */
const engineWith = (digests: readonly string[] | null): Engine =>
  ({
    inspectImage: () =>
      digests === null
        ? Promise.reject(new EngineError('No such image', 404))
        : Promise.resolve({ digests }),
  }) as unknown as Engine;

const look = async (digests: readonly string[] | null, changes: Partial<ContainerDetails> = {}) =>
  (await lookAtReplicas(engineWith(digests), [container(changes)]))[0];

describe('what a container of the team runs', () => {
  test.each<[string, readonly string[] | null, Partial<ContainerDetails>, string]>([
    [
      'the digest of the registry that it was pulled from',
      [`mirror.example.com/shop/web@${digest}`, `registry.example.com/shop/web@${digest}`],
      {},
      `registry.example.com/shop/web@${digest}`,
    ],
    ['its id when it was built on the server', [], { image: 'shop-web' }, id],
    ['its id when it was started by id', [], { image: id }, id],
    ['its id when the image is gone from the list', null, {}, id],
  ])('%s', async (_, digests, changes, expected) => {
    expect(await look(digests, changes)).toMatchObject({ service: 'web', image: expected });
  });

  test.each<[string, Partial<ContainerDetails>, object]>([
    ['no policy', { restartPolicy: { name: '', maximumRetryCount: 0 } }, { Name: '' }],
    [
      'so many retries',
      { restartPolicy: { name: 'on-failure', maximumRetryCount: 3 } },
      { Name: 'on-failure', MaximumRetryCount: 3 },
    ],
  ])('its restart policy: %s', async (_, changes, restart) => {
    expect(await look([], changes)).toMatchObject({ restart });
  });

  test('its own stop grace', async () => {
    expect(await look([], { stopTimeoutSeconds: 90 })).toMatchObject({ stopGraceMs: 90_000 });
    expect((await look([]))?.stopGraceMs).toBeUndefined();
  });
});
