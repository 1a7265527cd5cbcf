import { describe, expect, test } from '@jest/globals';
import { hostState } from '../../../src/domain/records/state';
import { ShiplockError } from '../../../src/errors';
import { resultOf } from '../../../src/wiring/release-result';
import { base } from '../../support/scripted/host';
import { leftovers, served } from '../../support/scripted/peace';
import { deployed, runOn, type Run } from '../../support/scripted/run';
import { ScriptedServer } from '../../support/scripted/server';
import { servingSlot, slotOfContainer } from '../../support/scripted/state';

const bad = { badAfterServingMs: 200 };

/** A server where the whole stack runs under plain Compose. */
function runningStack(): ScriptedServer {
  const server = new ScriptedServer();
  server.world.state.images.push('old-web', 'old-worker');
  server.composeUp('web', 'old-web');
  server.composeUp('worker', 'old-worker');
  return server;
}

const stateOf = ({ world }: ScriptedServer) => {
  const text = world.state.files[`${base}/state.json`];
  return text === undefined ? null : hostState.parse(JSON.parse(text));
};

/** The team's own containers, by service, with state and restart policy. */
const plain = ({ world }: ScriptedServer): string[] =>
  world.state.containers
    .filter((one) => slotOfContainer(one) === 'adopted')
    .map(({ name, state, policy }) => `${name} ${state} ${policy}`);

const run = (server: ScriptedServer, act: (run: Run) => ReturnType<Run['deploy']>) =>
  server.world.clock.drive(act(runOn(server)));

const running = ['shop-web-1 running always', 'shop-worker-1 running always'];
const parked = ['shop-web-1 exited no', 'shop-worker-1 exited no'];

describe('the first release of a stack that runs already', () => {
  test('takes over: what ran before is stopped, kept, and on record with its digests', async () => {
    const server = runningStack();
    const [report] = await deployed(server, 'v1');
    expect(report).toMatchObject({ verdict: 'deployed', release: '2-v1', previous: '1-adopted' });
    expect([served(server), leftovers(server), plain(server)]).toEqual(['v1', [], parked]);
    expect(stateOf(server)).toMatchObject({
      live: { release: '2-v1', slot: 'blue' },
      previous: { release: '1-adopted', slot: 'adopted' },
    });
    const record: unknown = JSON.parse(
      server.world.state.files[`${base}/releases/1-adopted/release.json`] ?? '',
    );
    expect(record).toMatchObject({
      version: 'adopted',
      standing: 'good',
      services: [
        { name: 'web', image: 'sha256:old-web', port: 8000, restart: { Name: 'always' } },
        { name: 'worker', image: 'sha256:old-worker' },
      ],
    });
  });

  test('that turns bad ends where it began, untouched, and the next one tries again', async () => {
    const server = runningStack();
    server.setting.natures['v1'] = bad;
    const report = await run(server, (on) => on.deploy('v1'));
    expect([report.verdict, report.hosts[0]?.state, resultOf(report).exitCode]).toEqual([
      'rolled-back',
      'BACK',
      1,
    ]);
    expect([servingSlot(server.world.state), plain(server), stateOf(server)]).toEqual([
      'adopted',
      running,
      null,
    ]);
    const [next] = await deployed(server, 'v2');
    expect(next).toMatchObject({ release: '3-v2', previous: '1-adopted' });
    expect([served(server), leftovers(server)]).toEqual(['v2', []]);
  });

  test('that bakes is sent back by a rollback', async () => {
    const server = runningStack();
    const seconds: Promise<unknown>[] = [];
    server.world.onChange = (what) => {
      if (what === 'append bake intent') seconds.push(runOn(server).rollBack());
    };
    const report = await run(server, (on) => on.deploy('v1'));
    expect(report.verdict).toBe('rolled-back');
    expect(await server.world.clock.drive(seconds[0] ?? Promise.reject(new Error('none')))).toEqual(
      expect.objectContaining({ verdict: 'rolled-back', release: '1-adopted' }),
    );
    expect([servingSlot(server.world.state), plain(server)]).toEqual(['adopted', running]);
  });

  test('is told by a dry run', async () => {
    const server = runningStack();
    const report = await run(server, (on) => on.deploy('v1', { dryRun: true }));
    expect(report.dryRun?.[0]?.steps).toContainEqual({
      step: 'live',
      text: '1-adopted: what runs under docker compose as shop (web × 1, worker × 1)',
    });
    expect(plain(server)).toEqual(running);
  });
});

describe('a rollback to what ran before the first release', () => {
  test('starts its containers again, and the next release goes on from there', async () => {
    const server = runningStack();
    await deployed(server, 'v1');
    const back = await run(server, (on) => on.rollBack());
    expect(back).toMatchObject({ verdict: 'rolled-back', release: '1-adopted', previous: '2-v1' });
    expect([servingSlot(server.world.state), plain(server)]).toEqual(['adopted', running]);
    expect(stateOf(server)?.live).toEqual({ release: '1-adopted', slot: 'adopted' });
    const [next] = await deployed(server, 'v2');
    expect(next).toMatchObject({ release: '3-v2', previous: '1-adopted' });
    expect([served(server), leftovers(server), plain(server)]).toEqual(['v2', [], parked]);
  });

  test('leads on to any release by name, parked or made again, in the slot that one marker reaches', async () => {
    const server = runningStack();
    await deployed(server, 'v1', 'v2');
    for (const [version, slot] of [
      ['adopted', 'adopted'],
      ['v2', 'green'],
      ['adopted', 'adopted'],
      ['v1', 'green'],
      ['adopted', 'adopted'],
    ] as const) {
      const report = await run(server, (on) => on.rollBack(version));
      expect([report.verdict, servingSlot(server.world.state)]).toEqual(['rolled-back', slot]);
      expect(server.world.state.wrongs).toEqual([]);
    }
  });

  test('is refused once the team has removed its containers', async () => {
    const server = runningStack();
    await deployed(server, 'v1');
    const { state } = server.world;
    state.containers = state.containers.filter((one) => slotOfContainer(one) !== 'adopted');
    const thrown = await run(server, (on) => on.rollBack()).catch((one: unknown) => one);
    if (!(thrown instanceof ShiplockError)) throw new Error('it was not refused');
    expect([thrown.verdict, thrown.message]).toEqual([
      'refused',
      expect.stringContaining(
        '1-adopted is what ran before the first release, and its containers are gone',
      ),
    ]);
  });

  test('is possible until as many releases were kept as the configuration says', async () => {
    const server = runningStack();
    const keepOne = (version: string) =>
      server.world.clock.drive(runOn(server, { retain: 1 }).deploy(version));
    await keepOne('v1');
    await keepOne('v2');
    expect(plain(server)).toEqual(parked);
    await keepOne('v3');
    expect([served(server), plain(server)]).toEqual(['v3', []]);
    // What the team pulled or built is the team's.
    expect(server.world.state.images).toEqual(expect.arrayContaining(['old-web', 'old-worker']));
  });
});

describe('what is kept warm', () => {
  const warm = (server: ScriptedServer, version: string) =>
    server.world.clock.drive(runOn(server, { 'keep-old': 'running' }).deploy(version));

  test('is no stray, and stops when it is two releases old', async () => {
    const server = runningStack();
    await warm(server, 'v1');
    expect(plain(server)).toEqual(['shop-web-1 running always', 'shop-worker-1 exited no']);
    const second = await warm(server, 'v2');
    expect(second.hosts[0]?.warnings).toEqual([]);
    expect(plain(server)).toEqual(parked);
  });
});

describe('several stacks in one folder', () => {
  const both = (): ScriptedServer => {
    const server = runningStack();
    server.composeUp('web', 'other', 'staging');
    return server;
  };

  test('are refused when none is named', async () => {
    await expect(run(both(), (on) => on.deploy('v1'))).rejects.toMatchObject({
      verdict: 'refused',
      message: expect.stringContaining('several stacks run from /srv/shop: shop, staging'),
    });
  });

  test('are told apart by name', async () => {
    const server = both();
    const report = await server.world.clock.drive(runOn(server, { project: 'shop' }).deploy('v1'));
    expect([report.verdict, report.previous]).toEqual(['deployed', '1-adopted']);
  });
});

describe('a later docker compose up', () => {
  test('is named, its workers are stopped, and what gets no requests is left alone', async () => {
    const server = runningStack();
    await deployed(server, 'v1');
    server.composeUp('web');
    server.composeUp('worker');
    const again = runOn(server);
    const report = await server.world.clock.drive(again.deploy('v2'));
    const said =
      'web, worker run under plain docker compose (project shop) beside 2-v1; worker would take jobs with another version and is stopped, unless this run goes back to it; web gets no requests; stop it: docker compose -p shop stop web';
    expect(again.told.map(({ text }) => text)).toContain(`warning: ${said}`);
    expect(report.hosts[0]?.warnings).toContain(said);
    expect([report.verdict, served(server), plain(server)]).toEqual([
      'deployed',
      'v2',
      ['shop-web-1 running always', 'shop-worker-1 exited no'],
    ]);
  });

  test('is told by a rollback, too, and changes nothing for who comes back to it', async () => {
    const server = runningStack();
    await deployed(server, 'v1');
    server.composeUp('worker');
    const report = await run(server, (on) => on.rollBack());
    expect(report.hosts[0]?.warnings[0]).toContain('worker runs under plain docker compose');
    expect([servingSlot(server.world.state), plain(server)]).toEqual(['adopted', running]);
  });
});
