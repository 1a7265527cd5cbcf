import { describe, expect, test } from '@jest/globals';
import { ShiplockError } from '../../../src/errors';
import type { DeployReport } from '../../../src/report/deploy-report';
import { leftovers, served } from '../../support/scripted/peace';
import { deployed, runOn, type Run } from '../../support/scripted/run';
import { ScriptedServer } from '../../support/scripted/server';

const migrate = { service: 'web', command: 'alembic upgrade head', timeout: '5m' };
const cancelled = new ShiplockError('the run was cancelled', { fault: 'user' });

/** Enough for every keeper to come to its end, for whatever somebody still has at work, and for a lease to count as abandoned. */
const longAfterMs = 90_000;

/** The server on which v1 serves. */
const v1Serves = (async () => {
  const server = new ScriptedServer();
  await deployed(server, 'v1');
  return server.world.copy();
})();

type Strike = (run: Run, server: ScriptedServer) => void;

/** v1 serves, and v2 is deployed; `strike` comes before the first call that is named so. */
async function second(
  call: string | null,
  strike: Strike,
  prepare: (server: ScriptedServer) => void = () => undefined,
) {
  const server = new ScriptedServer(structuredClone(await v1Serves));
  server.setting.natures['migrate'] = { readyAfterMs: 300 };
  prepare(server);
  const run = runOn(server, { migrate });
  const calls = new Set<string>();
  server.world.onCall = ({ what }) => {
    if (what === call && !calls.has(what)) strike(run, server);
    calls.add(what);
  };
  const { clock } = server.world;
  const report = await clock.drive(run.deploy('v2').catch((thrown: unknown) => thrown as Error));
  const heard = served(server);
  const left = leftovers(server);
  await clock.drive(clock.sleep(longAfterMs));
  return { server, run, call, calls, report, heard, left };
}

const isReport = (report: DeployReport | Error): report is DeployReport =>
  !(report instanceof Error);

/** What does not fit once everything has come to rest; in the end the next deploy must have its way. */
async function untruths({
  server,
  run,
  call,
  report,
  heard,
  left,
}: Awaited<ReturnType<typeof second>>): Promise<string[]> {
  const serves = served(server);
  const verdict = isReport(report) ? report.verdict : 'an error';
  const ended = isReport(report) && report.hosts[0]?.outcome != null;
  const wrongs = ended ? left.map((one) => `at the end of the run ${one}`) : [];
  // Without keeper and connection nobody frees the lease; it counts as abandoned after a minute.
  const alone = run.keepers.length === 0 && !run.cancel.signal.aborted;
  const late = leftovers(server).filter((one) => !alone || one !== 'the lease is held');
  wrongs.push(...late.map((one) => `in the end ${one}`));
  if (heard !== serves) wrongs.push(`${heard} served at the end of the run, and then ${serves}`);
  if (serves !== (verdict === 'deployed' ? 'v2' : 'v1'))
    wrongs.push(`it was ${verdict}, and ${serves} serves`);
  server.world.onCall = () => undefined;
  await deployed(server, 'v3').catch((thrown: unknown) => wrongs.push(String(thrown)));
  if (served(server) !== 'v3') wrongs.push(`after the next deploy ${served(server)} serves`);
  return wrongs.map((wrong) => `before ${call ?? ''}: ${wrong}`);
}

/** Strikes before every call of a deploy in turn, and gives what does not fit. */
async function everywhere(strike: Strike): Promise<string[]> {
  const { calls } = await second(null, () => undefined);
  const wrongs: string[] = [];
  for (const call of calls) wrongs.push(...(await untruths(await second(call, strike))));
  return wrongs;
}

test('a connection that is lost at any call: the report is true, and the next deploy has its way', async () => {
  const wrongs = await everywhere((_, server) => {
    server.cut();
  });
  expect(wrongs.slice(0, 30)).toEqual([]);
}, 60_000);

test('a cancel at any call: the report is true, and the next deploy has its way', async () => {
  const wrongs = await everywhere((run) => {
    run.cancel.abort(cancelled);
  });
  expect(wrongs.slice(0, 30)).toEqual([]);
}, 60_000);

describe('a cancel before the go', () => {
  test.each(['pull', 'migrate', 'start'])(
    'in the step %s is reported as failed, with its reason',
    async (step) => {
      const { report, run, server } = await second(`append ${step} intent`, (one) => {
        one.cancel.abort(cancelled);
      });
      if (!isReport(report)) throw report;
      expect(report).toMatchObject({
        verdict: 'failed',
        failure: { reason: 'the run was cancelled' },
      });
      expect(report.hosts[0]).toMatchObject({
        state: 'BLUE',
        slot: 'blue',
        outcome: { reason: 'the run was cancelled' },
      });
      expect(run.told.some(({ step: told }) => told === 'switch')).toBe(false);
      expect([served(server), leftovers(server)]).toEqual(['v1', []]);
    },
  );

  test.each([900, 1000, 1100, 1200, 1500, 5000])(
    'nothing is begun any more by a pull that ends %i ms later',
    async (ms) => {
      const { server, calls } = await second(
        'append pull intent',
        (run) => {
          run.cancel.abort(cancelled);
        },
        (one) => {
          one.pullMs = ms;
        },
      );
      expect(
        [...calls].filter((call) => call.includes('compose') && call.includes('create')),
      ).toEqual([]);
      expect([served(server), leftovers(server)]).toEqual(['v1', []]);
    },
  );
});

describe('a cancel after the go', () => {
  test('comes too late, and is said to', async () => {
    const { report, run, server } = await second('append gate done', (one) => {
      one.cancel.abort(cancelled);
    });
    expect(isReport(report) && report.verdict).toBe('deployed');
    expect(run.told.map(({ text }) => text)).toContain(
      'cancelled after the go: the server ends this release by itself',
    );
    expect(served(server)).toBe('v2');
  });
});

describe('a connection that is lost', () => {
  test('after the go: it is said, made anew, and every record is told once', async () => {
    const { report, run } = await second('append check done', (_, server) => {
      server.cut();
    });
    expect(isReport(report) && report.verdict).toBe('deployed');
    const texts = run.told.map(({ text }) => text ?? '');
    expect(texts.filter((text) => text.startsWith('the connection is lost'))).toHaveLength(1);
    const seqs = run.told.flatMap((step) => ('seq' in step ? [step.seq] : []));
    expect(new Set(seqs).size).toBe(seqs.length);
  });

  test('while the server cannot be reached for a minute: it is followed once it can', async () => {
    const { report } = await second('append check done', (_, server) => {
      server.cut();
      const backAt = server.world.clock.now() + 60_000;
      server.connect = () => {
        if (server.world.clock.now() < backAt) return Promise.reject(new Error('no route to host'));
        return ScriptedServer.prototype.connect.call(server);
      };
    });
    expect(isReport(report) && report.verdict).toBe('deployed');
  });
});

test('a keeper that no longer hears the runner undoes the slot, and the runner begins nothing more', async () => {
  const { server, report, calls } = await second(
    'append pull intent',
    (_, one) => {
      one.deaf = true;
    },
    (one) => {
      one.pullMs = 40_000;
    },
  );
  if (!isReport(report)) throw report;
  expect(report.verdict).toBe('failed');
  expect(report.hosts[0]?.outcome?.reason).toContain('the runner has been silent for 20 s');
  expect([...calls].filter((call) => call.startsWith('exec docker compose'))).toEqual([]);
  expect([served(server), leftovers(server)]).toEqual(['v1', []]);
});
