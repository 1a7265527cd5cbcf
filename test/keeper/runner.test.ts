import { describe, expect, test } from '@jest/globals';
import type { KeeperCommand } from '../../src/domain/records/journal';
import { gone, runKeeper, sayingGo, type Runner } from '../support/scripted/keeper';
import { base, firstPlan, planOf, worldBefore } from '../support/scripted/release';
import type { WorldState } from '../support/scripted/state';
import { contradictions } from '../support/scripted/verdict';
import { ScriptedWorld } from '../support/scripted/world';

const plan = planOf();

/** Runs a keeper and gives its end, how long it took, and what does not fit. */
async function run(
  runner: Runner,
  state: WorldState = worldBefore(plan),
  change: (world: ScriptedWorld) => void = () => undefined,
) {
  const before = structuredClone(state);
  const world = new ScriptedWorld(state);
  change(world);
  const outcome = await runKeeper(world, plan, runner);
  const tookMs = world.clock.now() - before.nowMs;
  return { outcome, tookMs, wrongs: contradictions(world.copy(), plan, outcome, before), world };
}

const switched = ({ state }: ScriptedWorld): boolean =>
  state.switchedAt >= Date.parse('2026-03-01T12:00:00Z');
const beat: KeeperCommand = { kind: 'beat' };
const abort: KeeperCommand = { kind: 'abort', reason: 'the pull failed' };

describe('before go', () => {
  test('a runner that is gone is waited for, and no longer than said', async () => {
    const { outcome, tookMs, wrongs, world } = await run(gone);
    expect(outcome).toMatchObject({
      verdict: 'failed',
      state: 'BLUE',
      reason: 'the runner has been silent for 20 s',
      hint: 'Run the deploy again.',
    });
    expect([wrongs, switched(world)]).toEqual([[], false]);
    expect(tookMs).toBeGreaterThan(20_000);
    expect(tookMs).toBeLessThan(23_000);
  });

  test('a sign of life every now and then keeps the slot for as long as it takes', async () => {
    const beats: Runner = Array.from({ length: 60 }, (_, index) => [index * 19_000, beat]);
    const go = sayingGo[0]?.[1] ?? beat;
    const { outcome, wrongs } = await run([...beats, [60 * 19_000, go]]);
    expect([outcome?.state, wrongs]).toEqual(['GREEN', []]);
  });

  test('abort undoes the slot, and says why', async () => {
    const { outcome, tookMs, wrongs } = await run([[500, abort]]);
    expect(outcome).toMatchObject({ verdict: 'failed', state: 'BLUE', reason: 'the pull failed' });
    expect(wrongs).toEqual([]);
    expect(tookMs).toBeLessThan(3000);
  });

  test('a migration that runs is waited for, never cut', async () => {
    const state = worldBefore(plan);
    const task = state.containers.find(({ labels }) => labels['shiplock.role'] === 'task');
    if (task === undefined) throw new Error('no task');
    task.state = 'running';
    task.endsAt = state.nowMs + 1_200_000;
    const { outcome, tookMs, wrongs } = await run([[500, abort]], state);
    expect([outcome?.state, wrongs]).toEqual(['BLUE', []]);
    expect(tookMs).toBeGreaterThanOrEqual(1_200_000);
  });

  test('containers that a runner creates while the slot is undone go too', async () => {
    const { outcome, wrongs } = await run([[500, abort]], worldBefore(plan), (world) => {
      const late = world.state.containers.filter(
        ({ labels }) => labels['shiplock.deploy'] === 'd4',
      );
      world.state.containers = world.state.containers.filter((one) => !late.includes(one));
      void world.clock
        .sleep(1200)
        .then(
          () =>
            void world.state.containers.push(
              ...late.map((one) => ({ ...one, state: 'created' as const })),
            ),
        );
    });
    expect([outcome?.state, wrongs]).toEqual(['BLUE', []]);
  });

  test('somebody else who removes a container first is no reason to stop', async () => {
    const { outcome, wrongs } = await run([[500, abort]], worldBefore(plan), (world) => {
      world.onCall = ({ what }) => {
        if (what.startsWith('stop c5'))
          world.state.containers = world.state.containers.filter(({ id }) => id !== 'c5');
      };
    });
    expect([outcome?.state, wrongs]).toEqual(['BLUE', []]);
  });
});

describe('after go', () => {
  test('abort comes too late: the release goes on', async () => {
    const { outcome, wrongs } = await run([...sayingGo, [350, abort]]);
    expect([outcome?.state, wrongs]).toEqual(['GREEN', []]);
  });

  test('a runner that dies changes nothing', async () => {
    const { outcome, wrongs } = await run(sayingGo.slice(0, 1));
    expect([outcome?.state, wrongs]).toEqual(['GREEN', []]);
  });

  test.each([
    ['in the gate: traffic never moves', 310, 'BLUE', { target: { readyAfterMs: 60_600 } }],
    ['in the bake: traffic returns', 900, 'BACK', {}],
  ])('back %s', async (_, afterMs, end, natures) => {
    const reason = 'rolled back by grace';
    const runner: Runner = [...sayingGo, [afterMs, { kind: 'back', reason }]];
    const { outcome, wrongs, world } = await run(runner, worldBefore(plan, natures));
    expect(outcome).toMatchObject({ state: end, reason });
    expect([wrongs, switched(world)]).toEqual([[], end === 'BACK']);
  });

  test('back once the old version is being stopped comes too late', async () => {
    const { outcome, wrongs } = await run([
      ...sayingGo,
      [1500, { kind: 'back', reason: 'too late' }],
    ]);
    expect([outcome?.state, wrongs]).toEqual(['GREEN', []]);
  });
});

describe('lines on stdin that are no commands are passed over', () => {
  test.each(['', 'go', '{"kind":"go"}', '{"kind":"stop"}', '[]', 'null', '{'.repeat(5000)])(
    '%.20s',
    async (line) => {
      const { outcome } = await run([[100, line], ...sayingGo]);
      expect(outcome?.state).toBe('GREEN');
    },
  );
});

describe('what the runner tells is on record', () => {
  test('its steps, and the facts of the migration', async () => {
    const record: KeeperCommand = {
      kind: 'record',
      step: 'pull',
      phase: 'done',
      text: '2 images',
      tookMs: 1234,
    };
    const { world } = await run([[100, record], ...sayingGo]);
    const lines = (world.state.files[`${base}/journal/d4.jsonl`] ?? '').split('\n');
    expect(lines.find((line) => line.includes('"pull"'))).toContain('"text":"2 images"');
    const release: unknown = JSON.parse(
      world.state.files[`${base}/releases/4-v4/release.json`] ?? '',
    );
    expect(release).toMatchObject({ standing: 'good', schemaVersion: { before: 'a', after: 'b' } });
  });

  test('a first release that fails leaves nothing that claims to serve', async () => {
    const first = firstPlan();
    const before = worldBefore(first, { target: { readyAfterMs: null } });
    const world = new ScriptedWorld(structuredClone(before));
    const outcome = await runKeeper(world, first);
    expect(outcome).toMatchObject({ verdict: 'failed', state: 'BLUE' });
    expect(outcome?.hint).not.toContain('old version');
    expect(contradictions(world.copy(), first, outcome, before)).toEqual([]);
  });
});
