import { describe, expect, test } from '@jest/globals';
import { leftovers, served } from '../../support/scripted/peace';
import { runOn } from '../../support/scripted/run';
import { ScriptedServer } from '../../support/scripted/server';

const beat = { overlap: false, health: { command: 'ping', interval: '50ms', deadline: '2s' } };
const release = {
  web: { port: 8000, health: { path: '/up', interval: '50ms', deadline: '2s' } },
  worker: { health: { command: 'ping', interval: '50ms', deadline: '2s' } },
  beat,
};

/** A server whose stack has a scheduler; `beats` tells which releases' schedulers run after each change. */
function stand() {
  const server = new ScriptedServer();
  const document = server.setting.document as { services: Record<string, object> };
  document.services['beat'] = { ...document.services['worker'] };
  const beats: string[] = [];
  server.world.onChange = () => {
    const running = server.world.state.containers
      .filter(({ labels, state }) => labels['shiplock.service'] === 'beat' && state === 'running')
      .map(({ labels }) => labels['shiplock.release'])
      .join('+');
    if (beats.at(-1) !== running) beats.push(running);
  };
  const deploy = (version: string) =>
    server.world.clock.drive(runOn(server, { release }).deploy(version));
  return { server, beats, deploy };
}

describe('a scheduler of which two must never run', () => {
  test('is handed from release to release, and back by a rollback', async () => {
    const { server, beats, deploy } = stand();
    await deploy('v1');
    await deploy('v2');
    const report = await server.world.clock.drive(runOn(server, { release }).rollBack());
    expect(report.verdict).toBe('rolled-back');
    expect(beats).toEqual(['', '1-v1', '', '2-v2', '', '1-v1']);
    expect([served(server), leftovers(server)]).toEqual(['v1', []]);
  });

  test.each([
    ['its web turns bad in the bake', { v2: { badAfterServingMs: 200 } }, 'rolled-back'],
    ['nothing of it gets ready', { v2: { readyAfterMs: null } }, 'failed'],
  ])('serves on when %s', async (_, natures, verdict) => {
    const { server, beats, deploy } = stand();
    await deploy('v1');
    Object.assign(server.setting.natures, natures);
    expect((await deploy('v2')).verdict).toBe(verdict);
    expect(beats.at(-1)).toBe('1-v1');
    expect([served(server), leftovers(server)]).toEqual(['v1', []]);
  });
});
