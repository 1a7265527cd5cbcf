import { describe, expect, test } from '@jest/globals';
import { ShiplockError } from '../../../src/errors';
import type { DeployReport } from '../../../src/report/deploy-report';
import { base } from '../../support/scripted/host';
import { leftovers, served } from '../../support/scripted/peace';
import { deployed, runOn } from '../../support/scripted/run';
import { ScriptedServer } from '../../support/scripted/server';

const caught = (work: Promise<DeployReport>): Promise<DeployReport | ShiplockError> =>
  work.catch((thrown: unknown) => {
    if (thrown instanceof ShiplockError) return thrown;
    throw thrown;
  });

/** v1 serves and v2 is deployed; another run begins once the journal says so. */
async function during(instant: string, other: (server: ScriptedServer) => Promise<DeployReport>) {
  const server = new ScriptedServer();
  await deployed(server, 'v1');
  const seconds: Promise<DeployReport | ShiplockError>[] = [];
  server.world.onChange = (what) => {
    if (what === `append ${instant}` && seconds.length === 0) seconds.push(caught(other(server)));
  };
  const { clock } = server.world;
  const first = await clock.drive(runOn(server).deploy('v2'));
  const [second] = seconds;
  if (second === undefined) throw new Error(`there was no ${instant}`);
  return { server, first, second: await clock.drive(second) };
}

const instants = [
  'keeper intent',
  'pull intent',
  'gate intent',
  'switch intent',
  'check intent',
  'bake intent',
  'stop intent',
  'record intent',
];

describe('a deploy while another one is at work', () => {
  test.each(instants)('is refused at %s, with who holds the lease', async (instant) => {
    const { server, first, second } = await during(instant, (on) => runOn(on).deploy('v3'));
    if (!(second instanceof ShiplockError)) throw new Error(`it was ${second.verdict}`);
    expect([second.verdict, second.exitCode]).toEqual(['refused', 3]);
    expect(second.message).toContain('lease: is held: ada deploys');
    expect([first.verdict, served(server), leftovers(server)]).toEqual(['deployed', 'v2', []]);
  });

  test('of two that looked at the same instant one takes the lease', async () => {
    const server = new ScriptedServer();
    await deployed(server, 'v1');
    const both = ['v2', 'v3'].map((version) => caught(runOn(server).deploy(version)));
    const ends = await server.world.clock.drive(Promise.all(both));
    const [winner, ...more] = ends.filter((one) => !(one instanceof ShiplockError));
    const [loser] = ends.filter((one) => one instanceof ShiplockError);
    expect(more).toEqual([]);
    expect(winner?.verdict).toBe('deployed');
    expect(loser?.message).toContain('another deploy took the lease at the same moment');
    expect([loser?.verdict, served(server), leftovers(server)]).toEqual([
      'refused',
      winner && 'version' in winner ? winner.version : '',
      [],
    ]);
  });
});

describe('a rollback while a deploy is at work', () => {
  test.each(['pull intent', 'gate intent', 'check intent', 'bake intent'])(
    'sends it back at %s',
    async (instant) => {
      const { server, first, second } = await during(instant, (on) => runOn(on).rollBack());
      if (second instanceof ShiplockError) throw second;
      expect(second).toMatchObject({
        kind: 'rollback',
        verdict: 'rolled-back',
        release: '1-v1',
        previous: '2-v2',
      });
      expect(first.hosts[0]?.outcome?.reason).toContain('rolled back by ada');
      expect([served(server), leftovers(server)]).toEqual(['v1', []]);
    },
  );

  test('comes too late once the old version is stopped: it says so, and the deploy holds', async () => {
    const { server, first, second } = await during('stop intent', (on) => runOn(on).rollBack());
    if (second instanceof ShiplockError) throw second;
    expect(second).toMatchObject({ verdict: 'failed' });
    expect(second.hosts[0]?.outcome?.reason).toBe(
      'the deploy was over before it could be sent back',
    );
    expect([first.verdict, served(server)]).toEqual(['deployed', 'v2']);
  });

  test('to another version than the one before is refused', async () => {
    const { first, second } = await during('bake intent', (on) => runOn(on).rollBack('v0'));
    expect(second instanceof ShiplockError && second.verdict).toBe('refused');
    expect(first.verdict).toBe('deployed');
  });
});

describe('a lease whose holder is gone', () => {
  const held = (server: ScriptedServer, ageSeconds: number): void => {
    const holder = { deploy: 'gone', run: 'a run', actor: 'grace', attempt: 1 };
    const heartbeat = Math.floor(server.world.clock.now() / 1000) - ageSeconds;
    server.world.state.files[`${base}/lease`] =
      `${JSON.stringify({ schema: 1, epoch: 41, holder, heartbeat })}\n`;
  };

  test('is still held for a minute', async () => {
    const server = new ScriptedServer();
    await deployed(server, 'v1');
    held(server, 30);
    const end = await server.world.clock.drive(caught(runOn(server).deploy('v2')));
    expect(end instanceof ShiplockError && end.message).toContain('is held: grace deploys (gone');
  });

  test('is then taken over with the next epoch', async () => {
    const server = new ScriptedServer();
    await deployed(server, 'v1');
    held(server, 61);
    const [report] = await deployed(server, 'v2');
    expect([report?.verdict, served(server)]).toEqual(['deployed', 'v2']);
    expect(JSON.parse(server.world.state.files[`${base}/lease`] ?? '')).toMatchObject({
      epoch: 42,
      holder: null,
    });
  });
});
