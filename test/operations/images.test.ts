import { describe, expect, test } from '@jest/globals';
import { parseReference, type ImageReference } from '../../src/domain/images/reference';
import { EngineError, RemoteFailure } from '../../src/errors';
import { pullImages } from '../../src/operations/pull-images';
import { resolveImages } from '../../src/operations/resolve-images';
import type { Engine } from '../../src/platform/docker-api';
import type { RegistryAuth } from '../../src/platform/docker-api/specs';
import { registryAuth } from '../../src/transactions/registry-auth';
import { ScriptedServer } from '../support/scripted-server';

const auth: RegistryAuth = { username: 'u', password: 'p', serveraddress: 'ghcr.io' };
const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;

function reference(text: string): ImageReference {
  const found = parseReference(text);
  if (found === undefined) throw new Error(`no reference: ${text}`);
  return found;
}

/** An engine that has some images, with what was pulled with which credentials. */
async function engineWith(images: readonly string[], changes: Partial<Engine> = {}) {
  const server = new ScriptedServer();
  const { engine } = await server.connect();
  server.world.state.images.push(...images);
  const pulled: unknown[] = [];
  const recording: Engine = {
    ...engine,
    pullImage: (image, options) => {
      pulled.push([image, options?.auth]);
      return Promise.resolve();
    },
    ...changes,
  };
  return { engine: recording, pulled, server };
}

describe('pullImages', () => {
  test('what is there is not pulled, what is named twice is pulled once, each with its credentials', async () => {
    const { engine, pulled } = await engineWith(['here@sha256:1']);
    const authFor = (image: string) => (image.startsWith('ghcr.io/') ? auth : undefined);
    const images = ['here@sha256:1', 'ghcr.io/a@sha256:2', 'ghcr.io/a@sha256:2', 'b@sha256:3'];
    expect(await pullImages(engine, images, authFor, () => undefined)).toEqual([
      'ghcr.io/a@sha256:2',
      'b@sha256:3',
    ]);
    expect(pulled).toEqual([
      ['ghcr.io/a@sha256:2', auth],
      ['b@sha256:3', undefined],
    ]);
  });

  test('a pull that fails names the image and keeps the cause', async () => {
    const cause = new EngineError('denied', 403);
    const { engine } = await engineWith([], { pullImage: () => Promise.reject(cause) });
    await expect(
      pullImages(
        engine,
        ['a@sha256:1'],
        () => undefined,
        () => undefined,
      ),
    ).rejects.toMatchObject({
      message: 'a@sha256:1 could not be pulled',
      fault: 'remote',
      cause,
    });
  });

  test('an engine that does not say whether it has an image is an error of its own', async () => {
    const lost = new RemoteFailure('lost', 'the connection was lost');
    const { engine, pulled } = await engineWith([], { inspectImage: () => Promise.reject(lost) });
    await expect(
      pullImages(
        engine,
        ['a@sha256:1'],
        () => undefined,
        () => undefined,
      ),
    ).rejects.toBe(lost);
    expect(pulled).toEqual([]);
  });
});

describe('resolveImages', () => {
  const resolve = (engine: Engine, images: Record<string, string>) =>
    resolveImages(
      engine,
      Object.fromEntries(
        Object.entries(images).map(([service, text]) => [service, reference(text)]),
      ),
      () => undefined,
    );

  test('every image that cannot be had is told, with its service', async () => {
    const { engine } = await engineWith([]);
    const { problems } = await resolve(engine, {
      web: 'ghcr.io/shop/app:v1',
      worker: 'ghcr.io/shop/job:v1',
    });
    expect(problems.map(({ path, says }) => `${path} ${says}`)).toEqual([
      'image of web ghcr.io/shop/app:v1 was not found: manifest for ghcr.io/shop/app:v1 not found',
      'image of worker ghcr.io/shop/job:v1 was not found: manifest for ghcr.io/shop/job:v1 not found',
    ]);
  });

  test('a tag becomes the digest that it has now, asked once for all its services', async () => {
    const asked: string[] = [];
    const { engine } = await engineWith([], {
      distributionDigest: (text) => {
        asked.push(text);
        return Promise.resolve(digest);
      },
    });
    const { images } = await resolve(engine, {
      web: 'ghcr.io/shop/app:v1',
      worker: 'ghcr.io/shop/app:v1',
    });
    expect(images).toEqual({
      web: `ghcr.io/shop/app@${digest}`,
      worker: `ghcr.io/shop/app@${digest}`,
    });
    expect(asked).toEqual(['ghcr.io/shop/app:v1']);
  });

  test('a digest stays what it is, and must exist', async () => {
    const { engine } = await engineWith([], { distributionDigest: () => Promise.resolve(other) });
    expect((await resolve(engine, { web: `ghcr.io/shop/app@${digest}` })).images).toEqual({
      web: `ghcr.io/shop/app@${digest}`,
    });
    const none = await engineWith([]);
    expect(
      (await resolve(none.engine, { web: `ghcr.io/shop/app@${digest}` })).problems,
    ).toHaveLength(1);
  });

  test('without the registry an image that once came from it will do, and one from elsewhere will not', async () => {
    const local = (digests: readonly string[]) =>
      engineWith([], {
        inspectImage: (text) =>
          Promise.resolve({
            id: 'i',
            tags: [text],
            digests,
            sizeBytes: 1,
            labels: {},
            hasHealthCheck: false,
            exposedPorts: [],
            os: 'linux',
            architecture: 'amd64',
          }),
      });
    const { engine } = await local([`docker.io/shop/app@${other}`, `ghcr.io/shop/app@${digest}`]);
    expect((await resolve(engine, { web: 'ghcr.io/shop/app:v1' })).images).toEqual({
      web: `ghcr.io/shop/app@${digest}`,
    });
    const built = await local([]);
    expect((await resolve(built.engine, { web: 'ghcr.io/shop/app:v1' })).problems).toHaveLength(1);
  });
});

describe('registryAuth', () => {
  const facts = {
    url: '',
    actor: '',
    attempt: 1,
    docker: [],
    keeperImage: '',
    credentials: { username: 'u', password: 'p' },
  };

  test.each([
    ['another registry', ['ghcr.io/shop/app:1'], 'quay.io/x:1', undefined],
    ['Docker Hub, when the app is elsewhere', ['ghcr.io/shop/app:1'], 'node:24', undefined],
    ['the app’s own registry', ['ghcr.io/shop/app:1'], 'ghcr.io/other:1', 'ghcr.io'],
    ['a registry with a port', ['localhost:5000/a:1'], 'localhost:5000/b:1', 'localhost:5000'],
    [
      'Docker Hub, by its old name',
      ['shop/app:1'],
      'docker.io/library/redis:8',
      'https://index.docker.io/v1/',
    ],
    ['nothing released', [], 'ghcr.io/a:1', undefined],
  ])('%s', (_, released, image, serveraddress) => {
    expect(registryAuth(facts, released)(image)?.serveraddress).toBe(serveraddress);
  });

  test('without credentials there are none', () => {
    expect(
      registryAuth({ ...facts, credentials: undefined }, ['ghcr.io/a:1'])('ghcr.io/a:1'),
    ).toBeUndefined();
  });
});
