import { describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../src/domain/records/journal';
import { gone, runKeeper, sayingGo } from '../support/scripted/keeper';
import { base, planOf, worldBefore } from '../support/scripted/release';
import type { ScriptedContainer, WorldState } from '../support/scripted/state';
import { ScriptedWorld } from '../support/scripted/world';

const plan = planOf();
const journal = `${base}/journal/${plan.deploy}.jsonl`;
const successor = { deploy: 'd5', run: 'a run', actor: 'grace', attempt: 1 };
const lease = (epoch: number): string =>
  JSON.stringify({ schema: 1, epoch, holder: successor, heartbeat: 1 });

/** Everything but the deploy's own journal. */
function rest({ files, containers, modes }: WorldState): unknown {
  const but = (texts: object) => Object.entries(texts).filter(([path]) => path !== journal);
  return structuredClone([but(files), but(modes), containers]);
}

/** Runs a keeper whose lease is taken over before the first call that `when` names; what it changed after that. */
async function overtaken(when: (what: string, state: WorldState) => boolean, natures = {}) {
  const world = new ScriptedWorld(worldBefore(plan, natures));
  let taken: unknown = null;
  world.onCall = ({ what }) => {
    if (taken !== null || !when(what, world.state)) return;
    world.state.files[`${base}/lease`] = lease(plan.epoch + 1);
    taken = rest(world.state);
  };
  const outcome = await runKeeper(world, plan, sayingGo);
  return { outcome, taken, after: rest(world.state) };
}

const isNew = ({ labels }: ScriptedContainer): boolean =>
  labels['shiplock.deploy'] === 'd4' && labels['shiplock.role'] === 'service';

const reason = 'the lease was taken over by deploy d5 (epoch 8, this deploy has 7)';
const unproven = (outcome: Outcome | null): void => {
  expect(outcome).toMatchObject({ verdict: 'unproven', state: 'UNKNOWN', reason });
};

describe('a keeper whose lease somebody else has taken changes nothing more', () => {
  test.each([
    ['before it began', (what: string) => what.startsWith(`read ${journal}`), {}],
    ['before the switch', (what: string) => what === 'append switch intent', {}],
    [
      'right before the marker moves',
      (what: string, { containers }: WorldState) =>
        what === `read ${base}/lease` &&
        containers.every((one) => !isNew(one) || one.policy === 'always'),
      {},
    ],
    [
      'in the bake, where it would have gone back',
      (what: string) => what.startsWith('append bake failed'),
      { target: { badAfterServingMs: 200 } },
    ],
    ['when the bake was over', (what: string) => what.startsWith('append bake done'), {}],
  ])('%s', async (_, when, natures) => {
    const { outcome, taken, after } = await overtaken(when, natures);
    unproven(outcome);
    expect(taken).not.toBeNull();
    expect(after).toEqual(taken);
  });

  test('begun again after the end it says the same', async () => {
    const world = new ScriptedWorld(worldBefore(plan));
    world.state.files[`${base}/lease`] = lease(9);
    unproven({ ...(await runKeeper(world, plan, gone)), reason } as Outcome);
    const before = world.copy();
    await runKeeper(world, plan, gone);
    expect(world.copy()).toEqual(before);
  });
});

test.each([
  ['of its own epoch', lease(7)],
  ['of an older epoch', lease(3)],
])('a lease %s stops nobody', async (_, text) => {
  const world = new ScriptedWorld(worldBefore(plan));
  world.state.files[`${base}/lease`] = text;
  expect(await runKeeper(world, plan)).toMatchObject({ verdict: 'deployed' });
});
