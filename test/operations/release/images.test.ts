import { describe, expect, test } from '@jest/globals';
import { registryLogin } from '../../../src/domain/images/registry-login';
import { EngineError, RemoteFailure } from '../../../src/errors';
import { pullImages } from '../../../src/operations/release/pull-images';
import type { Engine } from '../../../src/platform/docker-api/docker-api';
import { recordingHost } from '../../support/recording-host';
import { ScriptedServer } from '../../support/scripted/server';

const nobody = registryLogin(undefined, [], []);

/** An engine that has some images, with what was pulled with which credentials, and how many pulls there were at once. */
async function stand(images: readonly string[], changes: Partial<Engine> = {}) {
  const server = new ScriptedServer();
  const { engine } = await server.connect();
  server.world.state.images.push(...images);
  const pulled: unknown[] = [];
  let [now, most] = [0, 0];
  const recording: Engine = {
    ...engine,
    pullImage: async (image, options) => {
      pulled.push([image, options?.auth?.username]);
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
    },
    ...changes,
  };
  return { engine: recording, pulled, most: () => most, host: recordingHost(), docker: ['docker'] };
}

test('what is there is not pulled, what is named twice is pulled once, each with its credentials', async () => {
  const { pulled, ...setting } = await stand(['here:1']);
  const login = registryLogin({ username: 'ada', password: 'p' }, ['ghcr.io/a:1'], []);
  const images = ['here:1', 'ghcr.io/a:2', 'ghcr.io/a:2', 'b:3'];
  expect(await pullImages({ ...setting, login }, images)).toEqual(['ghcr.io/a:2', 'b:3']);
  expect(pulled).toEqual([
    ['ghcr.io/a:2', 'ada'],
    ['b:3', undefined],
  ]);
  expect(setting.host.calls).toEqual([]);
});

test('many images do not take all the channels that an sshd gives', async () => {
  const { most, pulled, ...setting } = await stand([]);
  const images = Array.from({ length: 9 }, (_, number) => `a${number}:1`);
  await pullImages({ ...setting, login: nobody }, images);
  expect(pulled).toHaveLength(9);
  expect(most()).toBe(3);
});

test('with a login of its own the server pulls by its own docker command', async () => {
  const { pulled, ...setting } = await stand([]);
  const login = registryLogin(undefined, [], ['ghcr.io']);
  const images = ['ghcr.io/a:1', 'b:2'];
  await pullImages({ ...setting, docker: ['sudo', '-n', 'docker'], login }, images);
  expect(setting.host.calls.map(({ argv }) => argv)).toEqual([
    ['sudo', '-n', 'docker', 'pull', 'ghcr.io/a:1'],
  ]);
  expect(pulled).toEqual([['b:2', undefined]]);
});

describe('a pull that fails', () => {
  test('names the image, the registry’s words and what helps, and keeps the cause', async () => {
    const cause = new EngineError('pull access denied for a', 404);
    const { engine, host, docker } = await stand([], { pullImage: () => Promise.reject(cause) });
    const pull = pullImages({ engine, host, docker, login: nobody }, ['ghcr.io/a:1']);
    await expect(pull).rejects.toMatchObject({
      message: 'ghcr.io/a:1 could not be pulled',
      hint: expect.stringMatching(/ghcr\.io does not give it without a login: pull access denied/),
      fault: 'remote',
      cause,
    });
  });

  test('by the server’s own docker command tells what that said', async () => {
    const { engine, docker } = await stand([]);
    const host = recordingHost({ code: 1, stderr: 'toomanyrequests: slow down\n' });
    const login = registryLogin(undefined, [], ['docker.io']);
    const pull = pullImages({ engine, host, docker, login }, ['node:24']);
    await expect(pull).rejects.toMatchObject({
      message: 'node:24 could not be pulled',
      hint: expect.stringMatching(/lets this server pull no more for now: toomanyrequests/),
    });
  });
});

test('an engine that does not say whether it has an image is an error of its own', async () => {
  const lost = new RemoteFailure('lost', 'the connection was lost');
  const { pulled, ...setting } = await stand([], { inspectImage: () => Promise.reject(lost) });
  await expect(pullImages({ ...setting, login: nobody }, ['a:1'])).rejects.toBe(lost);
  expect(pulled).toEqual([]);
});
