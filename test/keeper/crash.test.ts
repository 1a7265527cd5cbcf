import { describe, expect, test } from '@jest/globals';
import type { Plan } from '../../src/domain/records/plan';
import { everyInstant, gone, runKeeper, sayingGo, type Runner } from '../support/scripted/keeper';
import {
  adoptionPlan,
  backToAdoptedPlan,
  firstPlan,
  parkedPlan,
  planOf,
  warmPlan,
  withBeat,
  worldBefore,
  type Natures,
} from '../support/scripted/release';
import { contradictions } from '../support/scripted/verdict';
import { rebooted, type WorldState } from '../support/scripted/state';
import { ScriptedWorld } from '../support/scripted/world';

interface Story {
  readonly name: string;
  readonly plan: Plan;
  readonly natures?: Natures;
  readonly runner?: Runner;
  /** Ends that a keeper may come to from somewhere in the middle. */
  readonly ends: readonly string[];
}

const bad = { target: { badAfterServingMs: 200 } };
const badLater = { target: { badAfterServingMs: 700 } };
const never = { target: { readyAfterMs: null } };
const sentBack: Runner = [...sayingGo, [900, { kind: 'back', reason: 'rolled back by grace' }]];

const stories: readonly Story[] = [
  { name: 'a deploy that holds', plan: planOf(), ends: ['BLUE', 'GREEN'] },
  { name: 'a deploy whose gate stays closed', plan: planOf(), natures: never, ends: ['BLUE'] },
  { name: 'a deploy that fails in the bake', plan: planOf(), natures: bad, ends: ['BLUE', 'BACK'] },
  {
    name: 'a deploy that turns bad after its bake',
    plan: planOf(),
    natures: badLater,
    ends: ['BLUE', 'BACK', 'GREEN'],
  },
  {
    name: 'a deploy that is sent back',
    plan: planOf(),
    runner: sentBack,
    ends: ['BLUE', 'BACK', 'GREEN'],
  },
  {
    name: 'a deploy that keeps the old slot warm',
    plan: planOf({ keepOld: 'running' }),
    ends: ['BLUE', 'GREEN'],
  },
  { name: 'a first release that holds', plan: firstPlan(), ends: ['BLUE', 'GREEN'] },
  {
    name: 'a first release that fails in the bake',
    plan: firstPlan(),
    natures: bad,
    ends: ['BLUE'],
  },
  {
    name: 'the adoption of a stack that runs already',
    plan: adoptionPlan(),
    ends: ['BLUE', 'GREEN'],
  },
  {
    name: 'an adoption whose first release fails in the bake',
    plan: adoptionPlan(),
    natures: bad,
    ends: ['BLUE', 'BACK'],
  },
  {
    name: 'an adoption that keeps the old containers warm',
    plan: adoptionPlan({ keepOld: 'running' }),
    ends: ['BLUE', 'GREEN'],
  },
  {
    name: 'a rollback to what ran before the first release',
    plan: backToAdoptedPlan(),
    ends: ['BLUE', 'GREEN'],
  },
  {
    name: 'a rollback to it that fails in the bake',
    plan: backToAdoptedPlan(),
    natures: bad,
    ends: ['BLUE', 'BACK'],
  },
  { name: 'a rollback to a parked slot', plan: parkedPlan(), ends: ['BLUE', 'GREEN'] },
  {
    name: 'a rollback that fails in the bake',
    plan: parkedPlan(),
    natures: bad,
    ends: ['BLUE', 'BACK'],
  },
  { name: 'a rollback to a warm slot', plan: warmPlan(), ends: ['BLUE', 'GREEN'] },
  {
    name: 'a rollback to a warm slot that fails in the bake',
    plan: warmPlan(),
    natures: bad,
    ends: ['BLUE', 'BACK'],
  },
];

const slowBeat = { live: { stopsAfterMs: 400 } };
const deadBeat = { beat: { diesWith: 1 } };

/** The same with a scheduler of which two must never run. */
const beatStories: readonly Story[] = [
  { name: 'a deploy with a scheduler', plan: planOf(), natures: slowBeat, ends: ['BLUE', 'GREEN'] },
  { name: 'a deploy whose scheduler dies', plan: planOf(), natures: deadBeat, ends: ['BLUE'] },
  {
    name: 'a deploy with a scheduler that fails in the bake',
    plan: planOf(),
    natures: { ...bad, ...slowBeat },
    ends: ['BLUE', 'BACK'],
  },
  {
    name: 'a deploy with a scheduler that is sent back',
    plan: planOf(),
    runner: sentBack,
    ends: ['BLUE', 'BACK', 'GREEN'],
  },
  { name: 'a first release with a scheduler', plan: firstPlan(), ends: ['BLUE', 'GREEN'] },
  {
    name: 'a takeover of a running scheduler',
    plan: adoptionPlan(),
    natures: slowBeat,
    ends: ['BLUE', 'GREEN'],
  },
  {
    name: 'a takeover of a running scheduler that fails in the bake',
    plan: adoptionPlan(),
    natures: bad,
    ends: ['BLUE', 'BACK'],
  },
  {
    name: 'a rollback to the scheduler that was taken over',
    plan: backToAdoptedPlan(),
    ends: ['BLUE', 'GREEN'],
  },
  { name: 'a rollback to a parked scheduler', plan: parkedPlan(), ends: ['BLUE', 'GREEN'] },
  { name: 'a warm rollback with a scheduler', plan: warmPlan(), ends: ['BLUE', 'GREEN'] },
  {
    name: 'a warm rollback whose scheduler dies',
    plan: warmPlan(),
    natures: deadBeat,
    ends: ['BLUE', 'BACK'],
  },
  {
    name: 'a warm rollback with a scheduler that fails in the bake',
    plan: warmPlan(),
    natures: { ...bad, ...slowBeat },
    ends: ['BLUE', 'BACK'],
  },
].map((story) => ({ ...story, plan: withBeat(story.plan) }));

/** What is wrong once a new keeper has gone on from an instant; it is begun a third time, which must change nothing. */
async function goOn(story: Story, instant: WorldState): Promise<string[]> {
  const world = new ScriptedWorld(structuredClone(instant));
  const outcome = await runKeeper(world, story.plan, gone);
  const ended = world.copy();
  const wrongs = contradictions(ended, story.plan, outcome, instant);
  if (outcome !== null && !story.ends.includes(outcome.state))
    wrongs.push(`it ended ${outcome.state}`);
  await runKeeper(world, story.plan, gone);
  const { nowMs } = ended;
  if (JSON.stringify({ ...world.copy(), nowMs }) !== JSON.stringify(ended))
    wrongs.push('a keeper begun once more changed something');
  return wrongs;
}

describe.each([...stories, ...beatStories])('$name', (story) => {
  test.each([
    ['keeper', (state: WorldState) => state],
    ['server', rebooted],
  ])(
    'comes to a true end wherever its %s dies',
    async (_, struck) => {
      const { plan, natures, runner = sayingGo } = story;
      const instants = await everyInstant(worldBefore(plan, natures), plan, runner);
      const wrongs: string[] = [];
      for (const { after, state } of instants) {
        for (const wrong of await goOn(story, struck(state)))
          wrongs.push(`after ${after}: ${wrong}`);
      }
      expect(wrongs.slice(0, 20)).toEqual([]);
    },
    60_000,
  );
});
