import { describe, expect, test } from '@jest/globals';
import { EngineError, ShiplockError } from '../../../src/errors';
import { configDir } from '../../support/scripted/host';
import { leftovers, served } from '../../support/scripted/peace';
import { deployed, runOn } from '../../support/scripted/run';
import { ScriptedServer } from '../../support/scripted/server';

/** v1 serves, and v2 is deployed while something between lease and keeper goes wrong. */
async function failing(prepare: (server: ScriptedServer) => void) {
  const server = new ScriptedServer();
  await deployed(server, 'v1');
  prepare(server);
  const run = runOn(server);
  const { clock } = server.world;
  const work = run.deploy('v2').catch((thrown: unknown) => thrown as ShiplockError);
  return { server, run, end: await clock.drive(work) };
}

const failingCall =
  (part: string) =>
  ({ world }: ScriptedServer): void => {
    world.onCall = ({ what }) => {
      if (what.startsWith(part)) throw new EngineError('no such device', 500);
    };
  };

/** What the engine calls the container of the second keeper cannot be known before it is made. */
function failingStart({ world }: ScriptedServer): void {
  world.onCall = ({ what }) => {
    const keeper = world.state.containers.findLast(({ name }) => name.startsWith('shiplock-keep'));
    if (keeper?.state === 'created' && what === `start ${keeper.id}`)
      throw new EngineError('no such device', 500);
  };
}

describe('what fails between lease and keeper leaves the lease free', () => {
  test.each([
    ['a keeper that cannot be made', failingCall('create shiplock-keeper'), /no such device/],
    ['a keeper that cannot be started', failingStart, /keeper could not be started: no such dev/],
    ['files that cannot be written', failingCall('exec note include'), /no such device/],
  ])('%s', async (_, prepare, message) => {
    const { server, end } = await failing((one) => {
      // The include has to change for it to be read at all.
      const include = `${configDir}/shop-production.conf`;
      one.world.state.files[include] = `${one.world.state.files[include] ?? ''}# by hand\n`;
      prepare(one);
    });
    if (!(end instanceof ShiplockError)) throw new Error(`it was ${end.verdict}`);
    expect(end.message).toMatch(message);
    expect([served(server), leftovers(server)]).toEqual(['v1', []]);
    server.world.onCall = () => undefined;
    await deployed(server, 'v3');
    expect([served(server), leftovers(server)]).toEqual(['v3', []]);
  });
});

test('a keeper that may be there keeps its lease: the answer to its start was lost, and nobody can look', async () => {
  const { server } = await failing((one) => {
    one.world.onCall = ({ what }) => {
      if (what.startsWith('create shiplock-keeper') || what.includes('shiplock.keeper='))
        throw new EngineError('timeout', 0);
    };
  });
  expect(leftovers(server)).toEqual(['the lease is held']);
});
