import { describe, expect, test } from '@jest/globals';
import type { DeployReport } from '../../../src/report/deploy-report';
import { resultOf } from '../../../src/wiring/release-result';
import { base } from '../../support/scripted/host';
import { leftovers, served } from '../../support/scripted/peace';
import { deployed, runOn, type Run } from '../../support/scripted/run';
import { ScriptedServer } from '../../support/scripted/server';
import type { Nature } from '../../support/scripted/state';

interface Story {
  readonly name: string;
  /** How v2 behaves, and how v1 does when it is needed again. */
  readonly v2?: Partial<Nature>;
  readonly v1?: Partial<Nature>;
  readonly act: (run: Run, server: ScriptedServer) => Promise<DeployReport>;
  readonly verdict: string;
  readonly state: string;
  readonly exitCode: number;
  readonly served: string;
  readonly reason?: string;
}

const back = (run: Run): Promise<DeployReport> => run.rollBack();
const again = (run: Run): Promise<DeployReport> => run.deploy('v3');

/** v1 and v2 were released; what a third run comes to. */
const stories: readonly Story[] = [
  {
    name: 'a deploy that holds',
    act: again,
    verdict: 'deployed',
    state: 'GREEN',
    exitCode: 0,
    served: 'v3',
  },
  {
    name: 'a rollback that arrives',
    act: back,
    verdict: 'rolled-back',
    state: 'GREEN',
    exitCode: 0,
    served: 'v1',
  },
  {
    name: 'a rollback to a named version',
    act: (run) => run.rollBack('v1'),
    verdict: 'rolled-back',
    state: 'GREEN',
    exitCode: 0,
    served: 'v1',
  },
  {
    name: 'a rollback with today’s secrets, for which the containers are made again',
    act: (run) => run.rollBack(undefined, { env: { TOKEN: 'today' } }),
    verdict: 'rolled-back',
    state: 'GREEN',
    exitCode: 0,
    served: 'v1',
  },
];

async function tell({ v1 = {}, v2 = {}, act }: Story, versions = ['v1', 'v2']) {
  const server = new ScriptedServer();
  await deployed(server, ...versions);
  Object.assign(server.setting.natures, { v1, v2 });
  const run = runOn(server);
  const report = await server.world.clock.drive(act(run, server));
  return { server, run, report };
}

describe('a run that comes to its end', () => {
  test.each(stories)('$name', async (story) => {
    const { server, report } = await tell(story);
    expect(report.failure).toBeNull();
    const result = resultOf(report);
    expect(result.outputs.verdict).toBe(story.verdict);
    expect([report.hosts[0]?.state, result.exitCode, served(server), leftovers(server)]).toEqual([
      story.state,
      story.exitCode,
      story.served,
      [],
    ]);
  });
});

describe('a run that does not hold', () => {
  const bad = { badAfterServingMs: 200 };

  test.each<[string, Record<string, Partial<Nature>>, string, string, number]>([
    ['a version that never answers', { v3: { readyAfterMs: null } }, 'failed', 'BLUE', 1],
    ['a version that turns bad in its bake', { v3: bad }, 'rolled-back', 'BACK', 1],
  ])('deploy: %s', async (_, natures, verdict, state, exitCode) => {
    const server = new ScriptedServer();
    await deployed(server, 'v1', 'v2');
    Object.assign(server.setting.natures, natures);
    const report = await server.world.clock.drive(runOn(server).deploy('v3'));
    const result = resultOf(report);
    expect([result.outputs.verdict, report.hosts[0]?.state, result.exitCode]).toEqual([
      verdict,
      state,
      exitCode,
    ]);
    expect([result.outputs.slot, served(server), leftovers(server)]).toEqual(['green', 'v2', []]);
    const record: unknown = JSON.parse(
      server.world.state.files[`${base}/releases/3-v3/release.json`] ?? '',
    );
    expect(record).toMatchObject({ standing: verdict });
  });

  test('rollback: a version that does not come up again leaves the one that serves', async () => {
    const server = new ScriptedServer();
    await deployed(server, 'v1', 'v2');
    server.world.state.containers = server.world.state.containers.map((one) =>
      one.labels['shiplock.release'] === '1-v1'
        ? { ...one, nature: { ...one.nature, readyAfterMs: null } }
        : one,
    );
    const report = await server.world.clock.drive(runOn(server).rollBack());
    const result = resultOf(report);
    expect([result.outputs.verdict, report.hosts[0]?.state, result.exitCode]).toEqual([
      'failed',
      'BLUE',
      1,
    ]);
    expect([served(server), leftovers(server)]).toEqual(['v2', []]);
    const record: unknown = JSON.parse(
      server.world.state.files[`${base}/releases/1-v1/release.json`] ?? '',
    );
    expect(record).toMatchObject({ standing: 'good' });
  });

  test('rollback: a version that turns bad goes forward again, and is called failed', async () => {
    const server = new ScriptedServer();
    await deployed(server, 'v1', 'v2');
    server.world.state.containers = server.world.state.containers.map((one) =>
      one.labels['shiplock.release'] === '1-v1'
        ? { ...one, nature: { ...one.nature, ...bad } }
        : one,
    );
    const report = await server.world.clock.drive(runOn(server).rollBack());
    const result = resultOf(report);
    expect([result.outputs.verdict, report.hosts[0]?.state, result.exitCode]).toEqual([
      'failed',
      'BACK',
      1,
    ]);
    expect([served(server), leftovers(server)]).toEqual(['v2', []]);
  });

  test('a way back that is not proven is told as that', async () => {
    const server = new ScriptedServer();
    await deployed(server, 'v1');
    server.setting.natures['v2'] = bad;
    const run = runOn(server);
    server.world.onChange = (what) => {
      if (what !== 'append switch done') return;
      for (const one of server.world.state.containers)
        if (one.labels['com.docker.compose.service'] === 'nginx') one.state = 'exited';
    };
    const report = await server.world.clock.drive(run.deploy('v2'));
    const result = resultOf(report);
    expect([
      result.outputs.verdict,
      report.hosts[0]?.state,
      result.outputs.slot,
      result.exitCode,
    ]).toEqual(['unproven', 'UNKNOWN', undefined, 2]);
  });
});

describe('a migration', () => {
  const migrate = {
    service: 'web',
    command: 'alembic upgrade head',
    version: 'alembic current',
    timeout: '5m',
  };

  test('that fails ends the run before anything started, with its last lines', async () => {
    const server = new ScriptedServer();
    await deployed(server, 'v1');
    server.setting.natures['migrate'] = { diesWith: 3 };
    const report = await server.world.clock.drive(runOn(server, { migrate }).deploy('v2'));
    expect(report.verdict).toBe('failed');
    expect(report.failure?.reason).toBe('the migration failed with exit code 3');
    expect(report.failure?.hint).toContain(
      'the last words of shop-production-green-shop-production-green-migrate-1',
    );
    expect([served(server), leftovers(server)]).toEqual(['v1', []]);
  });

  test('is on record with what it said', async () => {
    const server = new ScriptedServer();
    const report = await server.world.clock.drive(runOn(server, { migrate }).deploy('v1'));
    expect([report.verdict, served(server)]).toEqual(['deployed', 'v1']);
    const record: unknown = JSON.parse(
      server.world.state.files[`${base}/releases/1-v1/release.json`] ?? '',
    );
    expect(record).toMatchObject({ schemaVersion: { before: '', after: '' } });
  });

  test('is not run again by a rollback', async () => {
    const server = new ScriptedServer();
    for (const version of ['v1', 'v2'])
      await server.world.clock.drive(runOn(server, { migrate }).deploy(version));
    const run = runOn(server, { migrate });
    await server.world.clock.drive(run.rollBack(undefined, { env: { TOKEN: 'today' } }));
    expect(served(server)).toBe('v1');
    expect(run.told.map(({ step }) => step)).not.toContain('migrate');
  });
});

describe('a dry run', () => {
  test.each<[string, (run: Run) => Promise<DeployReport>]>([
    ['deploy', (run) => run.deploy('v3', { dryRun: true })],
    ['rollback', (run) => run.rollBack(undefined, { dryRun: true })],
  ])('of a %s changes nothing and decides nothing', async (_, act) => {
    const server = new ScriptedServer();
    await deployed(server, 'v1', 'v2');
    const before = server.world.copy();
    const report = await server.world.clock.drive(act(runOn(server)));
    expect(server.world.copy()).toEqual({ ...before, nowMs: server.world.clock.now() });
    const result = resultOf(report);
    expect([result.outputs.verdict, result.exitCode]).toEqual([undefined, 0]);
    expect(report.dryRun?.[0]?.steps).toContainEqual({ step: 'live', text: '2-v2 in green' });
  });
});
