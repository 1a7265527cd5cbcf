import { describe, expect, test } from '@jest/globals';
import type { Plan } from '../../src/domain/records/plan';
import { EngineError } from '../../src/errors';
import { runKeeper } from '../support/scripted/keeper';
import {
  firstPlan,
  planOf,
  warmPlan,
  withBeat,
  worldBefore,
  type Natures,
} from '../support/scripted/release';
import { contradictions } from '../support/scripted/verdict';
import { ScriptedWorld } from '../support/scripted/world';

const bad: Natures = { target: { badAfterServingMs: 200 } };

/** Runs a keeper, and tells its changes in words: `stop old beat`, `to green`; with the time of each. */
async function run(
  plan: Plan,
  natures: Natures = {},
  prepare: (world: ScriptedWorld) => void = () => undefined,
) {
  const world = new ScriptedWorld(worldBefore(plan, natures));
  prepare(world);
  const before = world.copy();
  const started = world.clock.now();
  const changes: { what: string; atMs: number }[] = [];
  world.onChange = (change) => {
    const what = wordsOf(world, plan, change);
    if (what !== null) changes.push({ what, atMs: world.clock.now() - started });
  };
  const outcome = await runKeeper(world, plan);
  const wrongs = contradictions(world.copy(), plan, outcome, before);
  const told = changes.map(({ what }) => what);
  return { outcome, wrongs, told, at: (what: string) => atOf(changes, what), world };
}

const atOf = (changes: readonly { what: string; atMs: number }[], what: string): number =>
  changes.find((one) => one.what === what)?.atMs ?? NaN;

function wordsOf({ state }: ScriptedWorld, plan: Plan, change: string): string | null {
  if (change === `write ${plan.proxy.markers}/green`) return 'to green';
  if (change === `remove ${plan.proxy.markers}/green`) return 'to blue';
  const [, act, id] = /^(start|stop) (c\d+)$/.exec(change) ?? [];
  const labels = state.containers.find((one) => one.id === id)?.labels;
  if (labels === undefined) return null;
  const age = labels['shiplock.release'] === plan.target.release.id ? 'new' : 'old';
  return `${act} ${age} ${labels['shiplock.service']}`;
}

describe('a worker that must not run twice', () => {
  test('changes places once everything else is ready, and before traffic moves', async () => {
    const plan = withBeat(planOf());
    const { outcome, told, wrongs } = await run(plan, { live: { stopsAfterMs: 3000 } });
    expect(outcome).toMatchObject({ state: 'GREEN' });
    expect(told.slice(0, 3)).toEqual(['stop old beat', 'start new beat', 'to green']);
    expect(wrongs).toEqual([]);
  });

  test('is not touched by a version that does not get ready', async () => {
    const { outcome, told } = await run(withBeat(planOf()), { target: { readyAfterMs: null } });
    expect(outcome).toMatchObject({ state: 'BLUE' });
    expect(told.filter((what) => what.includes('old'))).toEqual([]);
  });

  test('comes back when its new version dies, and no traffic moves', async () => {
    const { outcome, told, wrongs } = await run(withBeat(planOf()), { beat: { diesWith: 1 } });
    expect(outcome).toMatchObject({ state: 'BLUE', reason: 'beat-1 exited with code 1' });
    expect(told.slice(0, 3)).toEqual(['stop old beat', 'start new beat', 'start old beat']);
    expect(wrongs).toEqual([]);
  });

  test('comes back after traffic when the release does not hold', async () => {
    const { outcome, told, wrongs } = await run(withBeat(planOf()), bad);
    expect(outcome).toMatchObject({ state: 'BACK' });
    const back = told.slice(told.indexOf('to blue'));
    expect(back.indexOf('stop new beat')).toBeLessThan(back.indexOf('start old beat'));
    expect(wrongs).toEqual([]);
  });

  test('comes back also when an earlier deploy left it stopped', async () => {
    const plan = withBeat(planOf());
    const { told, wrongs } = await run(plan, { target: { readyAfterMs: null } }, ({ state }) => {
      for (const one of state.containers.filter(
        ({ labels }) => labels['shiplock.service'] === 'beat' && labels['shiplock.slot'] === 'blue',
      ))
        Object.assign(one, { state: 'exited', policy: 'no' });
    });
    expect(told).toContain('start old beat');
    expect(wrongs).toEqual([]);
  });

  test('that cannot come back is told, and the old version serves', async () => {
    const { outcome } = await run(withBeat(planOf()), bad, (world) => {
      const beat = world.state.containers.find(
        ({ labels }) => labels['shiplock.service'] === 'beat',
      );
      world.onCall = ({ what }) => {
        if (what === `start ${beat?.id}`) throw new EngineError('no space left on device', 500);
      };
    });
    expect(outcome).toMatchObject({ state: 'BACK' });
    expect(outcome?.warnings).toEqual([
      'beat of the old version could not be started again: no space left on device',
    ]);
  });

  test('has nobody to wait for in a first release, and starts with the others', async () => {
    const plan = withBeat(firstPlan());
    const { outcome, told } = await run(plan);
    expect(outcome).toMatchObject({ state: 'GREEN' });
    expect(told.filter((what) => what.endsWith('beat'))).toEqual([]);
  });
});

describe('workers of a version that did not hold', () => {
  test('stop as soon as traffic is back, while visitors may still finish', async () => {
    const natures = { target: { badAfterServingMs: 200, visitorsStayMs: 400 } };
    const { told, at } = await run(planOf(), natures);
    expect(told.slice(0, 4)).toEqual(['to green', 'to blue', 'stop new worker', 'stop new web']);
    expect(at('stop new worker') - at('to blue')).toBeLessThan(100);
    expect(at('stop new web') - at('to blue')).toBeGreaterThanOrEqual(400);
  });
});

describe('a warm rollback', () => {
  test('moves traffic before it brings any worker', async () => {
    const { outcome, told, at, wrongs } = await run(warmPlan());
    expect(outcome).toMatchObject({ state: 'GREEN' });
    expect(told.slice(0, 2)).toEqual(['to green', 'start new worker']);
    // The go comes after 300 ms.
    expect(at('to green')).toBeLessThan(400);
    expect(wrongs).toEqual([]);
  });

  test('returns when a worker does not come', async () => {
    const { outcome, told, wrongs } = await run(withBeat(warmPlan()), { beat: { diesWith: 1 } });
    expect(outcome).toMatchObject({ state: 'BACK', reason: 'beat-1 exited with code 1' });
    expect(told.indexOf('to blue')).toBeLessThan(told.indexOf('start old beat'));
    expect(wrongs).toEqual([]);
  });
});
