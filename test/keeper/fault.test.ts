import { describe, expect, test } from '@jest/globals';
import type { Plan } from '../../src/domain/records/plan';
import { RemoteFailure } from '../../src/errors';
import { runKeeper, sayingGo, type Runner } from '../support/scripted/keeper';
import {
  firstPlan,
  parkedPlan,
  planOf,
  warmPlan,
  withBeat,
  worldBefore,
  type Natures,
} from '../support/scripted/release';
import { contradictions } from '../support/scripted/verdict';
import { ScriptedWorld } from '../support/scripted/world';

interface Story {
  readonly name: string;
  readonly plan: Plan;
  readonly natures?: Natures;
  readonly runner?: Runner;
  /** Where it ends when nothing fails, and where else it may end when one call does. */
  readonly end: string;
  readonly others: readonly string[];
}

const bad = { target: { badAfterServingMs: 200 } };
const never = { target: { readyAfterMs: null } };
const sentBack: Runner = [...sayingGo, [900, { kind: 'back', reason: 'rolled back by grace' }]];

const stories: readonly Story[] = [
  { name: 'a deploy that holds', plan: planOf(), end: 'GREEN', others: ['BLUE', 'GREEN+'] },
  {
    name: 'a deploy whose gate stays closed',
    plan: planOf(),
    natures: never,
    end: 'BLUE',
    others: [],
  },
  {
    name: 'a deploy that fails in the bake',
    plan: planOf(),
    natures: bad,
    end: 'BACK',
    others: ['BLUE'],
  },
  {
    name: 'a deploy that is sent back',
    plan: planOf(),
    runner: sentBack,
    end: 'BACK',
    others: ['BLUE', 'GREEN'],
  },
  {
    name: 'a first release that fails in the bake',
    plan: firstPlan(),
    natures: bad,
    end: 'BLUE',
    others: [],
  },
  {
    name: 'a rollback to a parked slot',
    plan: parkedPlan(),
    end: 'GREEN',
    others: ['BLUE', 'GREEN+'],
  },
  {
    name: 'a rollback that fails in the bake',
    plan: parkedPlan(),
    natures: bad,
    end: 'BACK',
    others: ['BLUE'],
  },
  {
    name: 'a deploy with a scheduler',
    plan: withBeat(planOf()),
    end: 'GREEN',
    others: ['BLUE', 'GREEN+'],
  },
  {
    name: 'a deploy with a scheduler that fails in the bake',
    plan: withBeat(planOf()),
    natures: bad,
    end: 'BACK',
    others: ['BLUE'],
  },
  {
    name: 'a warm rollback with a scheduler',
    plan: withBeat(warmPlan()),
    end: 'GREEN',
    others: ['BLUE', 'GREEN+'],
  },
  {
    name: 'a warm rollback whose scheduler dies',
    plan: withBeat(warmPlan()),
    natures: { beat: { diesWith: 1 } },
    end: 'BACK',
    others: ['BLUE'],
  },
];

/** Runs a story in which the call of that number, and no other, fails; undefined = there are not so many calls. */
async function failing({ plan, natures, runner = sayingGo }: Story, number: number) {
  const before = worldBefore(plan, natures);
  const world = new ScriptedWorld(structuredClone(before));
  let count = 0;
  let failed: string | undefined;
  world.onCall = ({ what }) => {
    count += 1;
    if (count !== number || what.startsWith('probe')) return;
    failed = what;
    throw new RemoteFailure('lost', 'the connection was lost');
  };
  const outcome = await runKeeper(world, plan, runner);
  return {
    failed,
    calls: count,
    outcome,
    wrongs: contradictions(world.copy(), plan, outcome, before),
  };
}

describe.each(stories)('$name', (story) => {
  test(`ends ${story.end} when nothing fails`, async () => {
    const { outcome, wrongs } = await failing(story, 0);
    expect([outcome?.state, wrongs]).toEqual([story.end, []]);
  });

  test('comes to a true end whichever call fails once', async () => {
    const { calls } = await failing(story, 0);
    const wrongs: string[] = [];
    for (let number = 1; number <= calls; number += 1) {
      const { failed, outcome, wrongs: found } = await failing(story, number);
      const state = outcome?.state ?? 'nowhere';
      if (state !== story.end && !story.others.includes(state))
        found.push(`it ended ${state}: ${outcome?.reason}`);
      wrongs.push(...found.map((wrong) => `failed ${failed ?? ''}: ${wrong}`));
    }
    expect(wrongs.slice(0, 30)).toEqual([]);
  }, 60_000);
});
