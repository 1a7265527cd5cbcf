import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { chance, seedOfRun } from '../../support/release/chance';
import { readRecords } from '../../support/release/facts';
import { keeperEnded, unsettled } from '../../support/release/settled';
import { openSite, type Site } from '../../support/release/site';
import { letVisitorsIn, type Visitors } from '../../support/release/visitors';
import type { RunHandle } from '../../support/runner/runner';

const seed = seedOfRun();
const random = chance(seed);
/** One instant in each tenth of a release, as a share of the time from its first pull to its end. */
const instants = Array.from({ length: 10 }, (_, index) => (index + random()) / 10);
/** A holder who died before its keeper lived blocks the next deploy for a minute. */
const abandonedMs = 75_000;

let site: Site<'v1' | 'v2' | 'fading'>;
let visitors: Visitors;
let live: 'v1' | 'v2' = 'v1';
let spanMs: number;

const other = () => (live === 'v1' ? 'v2' : 'v1');
const pulling = (run: RunHandle) => run.seen(/^▸ pull/);

/** Deploys what does not serve; waits as long as a dead holder is respected. */
async function deployNext(): Promise<void> {
  const deadline = Date.now() + abandonedMs;
  for (;;) {
    const result = await site.deploy(other());
    if (result.exitCode === 0) break;
    if (!result.log.includes('lease: is held') || Date.now() > deadline) {
      throw new Error(`the next deploy did not work:\n${result.log}`);
    }
    await sleep(3000);
  }
  live = other();
}

beforeAll(async () => {
  console.log(`SEED=${seed} repeats these instants`);
  site = await openSite({
    name: 'killed',
    versions: { v1: {}, v2: {}, fading: { failAfterSwitch: 1 } },
    config: { bake: '2s', linger: '3s' },
  });
  await site.arrive('v1');
  const run = site.startDeploy('v2');
  await pulling(run);
  const start = performance.now();
  const { exitCode, log } = await run.done;
  if (exitCode !== 0) throw new Error(log);
  spanMs = performance.now() - start;
  live = 'v2';
  visitors = await letVisitorsIn(site);
}, 600_000);

afterAll(async () => {
  await visitors.stop();
  await site.close();
});

describe('the runner is lost while visitors come', () => {
  test.each(instants)('at %f of a release', async (share) => {
    const before = (await readRecords(site.server)).kept.at(-1);
    const run = site.startDeploy(other());
    await pulling(run);
    await sleep(share * spanMs);
    run.kill();
    const { log, conclusion } = await run.done;
    expect(conclusion).toBe('cancelled');
    await keeperEnded(site);

    const { journal, kept } = await readRecords(site.server);
    // Before its keeper lived a run has changed nothing.
    const end =
      kept.at(-1) === before ? 'BLUE' : journal.find(({ outcome }) => outcome)?.outcome?.state;
    console.log(`killed at ${Math.round(share * spanMs)} ms, ended ${end ?? 'never'}:\n${log}`);
    expect(['BLUE', 'GREEN']).toContain(end);
    if (end === 'GREEN') live = other();
    expect(await site.serving()).toBe(live);
    await deployNext();

    expect(await unsettled(site, live)).toEqual([]);
    expect(await visitors.failures()).toEqual([]);
  });

  test('in the bake of a version that turns bad: the server goes back by itself', async () => {
    const run = site.startDeploy('fading', { bake: '10s' });
    await run.seen(/^▸ bake/);
    run.kill();
    await run.done;
    await keeperEnded(site);
    const { journal } = await readRecords(site.server);
    const end = journal.find(({ outcome }) => outcome)?.outcome;
    expect(end).toMatchObject({ verdict: 'rolled-back', state: 'BACK' });
    expect(await unsettled(site, live)).toEqual([]);
    await deployNext();
    expect(await unsettled(site, live)).toEqual([]);
    expect(await visitors.failures()).toEqual([]);
  });
});
