import { expect, test } from '@jest/globals';
import { EngineError } from '../../../src/errors';
import { haveManagedProxy } from '../../../src/operations/release/have-managed-proxy';
import type { Engine } from '../../../src/platform/docker-api/docker-api';

/** An engine on which another deploy creates the proxy: its name is taken first, then it is there, then it runs. */
function engineOfAnother(states: (string | null)[]): { engine: Engine; calls: string[] } {
  const calls: string[] = [];
  const call = (name: string, answer: () => unknown) => (): Promise<never> => {
    calls.push(name);
    // Only what is asked here is answered.
    return Promise.resolve().then(answer) as Promise<never>;
  };
  const engine = {
    inspectContainer: call('inspect', () => {
      const state = states.length > 1 ? states.shift() : states[0];
      if (state === null || state === undefined) throw new EngineError('No such container', 404);
      return { state: { status: state } };
    }),
    inspectNetwork: call('inspect network', () => ({})),
    createContainer: call('create', () => {
      throw new EngineError('the container name is already in use', 409);
    }),
    connectNetwork: call('connect', () => undefined),
    startContainer: call('start', () => undefined),
  };
  return { engine: engine as unknown as Engine, calls };
}

const clock = { now: () => 0, monotonic: () => performance.now(), sleep: () => Promise.resolve() };
const parts = { image: 'caddy', folder: '/x', pull: () => Promise.resolve() };

test('a proxy whose name another deploy has just taken is waited for, also before it can be seen', async () => {
  const { engine, calls } = engineOfAnother([null, null, null, 'created', 'created', 'running']);
  expect(await haveManagedProxy(engine, clock, parts)).toBe(false);
  expect(calls).not.toContain('connect');
  expect(calls).not.toContain('start');
});

test('one that was stopped is started', async () => {
  const { engine, calls } = engineOfAnother(['exited']);
  expect(await haveManagedProxy(engine, clock, parts)).toBe(false);
  expect(calls.slice(-2)).toEqual(['connect', 'start']);
});
