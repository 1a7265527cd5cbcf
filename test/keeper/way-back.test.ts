import { describe, expect, test } from '@jest/globals';
import type { Plan } from '../../src/domain/records/plan';
import { EngineError, RemoteFailure } from '../../src/errors';
import {
  everyInstant,
  gone,
  runKeeper,
  sayingGo,
  startKeeper,
  type Runner,
} from '../support/scripted/keeper';
import {
  base,
  firstPlan,
  parkedPlan,
  planOf,
  worldBefore,
  type Natures,
} from '../support/scripted/release';
import { rebooted, servingSlot, type WorldState } from '../support/scripted/state';
import { contradictions } from '../support/scripted/verdict';
import { ScriptedWorld } from '../support/scripted/world';

const bad: Natures = { target: { badAfterServingMs: 200 } };
const markers = planOf().proxy.markers;

interface Run {
  readonly plan?: Plan;
  readonly natures?: Natures;
  readonly runner?: Runner;
  /** Called once traffic has moved. */
  readonly onSwitch?: (world: ScriptedWorld) => void;
}

/** Runs a keeper in a world that something happens to once traffic has moved. */
async function run({ plan = planOf(), natures = {}, runner = sayingGo, onSwitch }: Run) {
  const before = worldBefore(plan, natures);
  const world = new ScriptedWorld(structuredClone(before));
  let moved = false;
  world.onChange = (what) => {
    if (moved || what !== 'append switch done') return;
    moved = true;
    onSwitch?.(world);
  };
  const outcome = await runKeeper(world, plan, runner);
  return {
    outcome,
    moved,
    wrongs: contradictions(world.copy(), plan, outcome, before),
    state: world.copy(),
    world,
  };
}

const named = (state: WorldState, service: string, slot?: string) =>
  state.containers.filter(
    ({ labels }) =>
      (slot === undefined && labels['com.docker.compose.service'] === service) ||
      (labels['shiplock.service'] === service && labels['shiplock.slot'] === slot),
  );

const stop = (world: ScriptedWorld, service: string, slot?: string): void => {
  for (const one of named(world.state, service, slot)) one.state = 'exited';
};

describe('what sends traffic back', () => {
  test.each<[string, Natures, (world: ScriptedWorld) => void, string]>([
    [
      'a check that fails',
      bad,
      () => undefined,
      'http://shop.example.com/up failed 2 times in a row: HTTP 500, expected 200',
    ],
    [
      'a replica that ends',
      {},
      (world) => {
        stop(world, 'worker', 'green');
      },
      'worker-1 exited with code 0',
    ],
  ])('%s', async (_, natures, onSwitch, reason) => {
    const { outcome, wrongs } = await run({ natures, onSwitch });
    expect(outcome).toMatchObject({ verdict: 'rolled-back', state: 'BACK' });
    expect(outcome?.reason).toContain(reason);
    expect(wrongs).toEqual([]);
  });

  test('a replica that crashes and comes back, seen within a second', async () => {
    const natures = { target: { crashesAfterServingMs: 300 } };
    const { outcome, wrongs } = await run({ natures, plan: planOf({ bakeMs: 2000 }) });
    expect(outcome).toMatchObject({ state: 'BACK', reason: 'web-1 crashed and was restarted' });
    expect(wrongs).toEqual([]);
  });

  test('the last words of the culprit are in the end record', async () => {
    const { outcome } = await run({
      onSwitch: (world) => {
        stop(world, 'worker', 'green');
      },
    });
    expect(outcome?.logs).toEqual([
      {
        container: 'worker-1',
        lines: ['the last words of shop-production-green-shop-production-green-worker-1'],
      },
    ]);
  });

  test('traffic is back within 50 ms of the verdict', async () => {
    const world = new ScriptedWorld(worldBefore(planOf(), bad));
    let verdictAt = 0;
    world.onCall = ({ what }) => {
      if (what === 'append check failed' || what === 'append bake failed')
        verdictAt ||= world.clock.now();
    };
    let backAt = 0;
    world.onChange = (what) => {
      if (what === `remove ${markers}/green`) backAt = world.clock.now();
    };
    await runKeeper(world, planOf());
    expect(verdictAt).toBeGreaterThan(0);
    expect(backAt - verdictAt).toBeLessThanOrEqual(50);
  });

  test('a journal that cannot be written keeps nobody on a bad version', async () => {
    const world = new ScriptedWorld(worldBefore(planOf(), bad));
    world.onCall = ({ what, changes }) => {
      const full =
        world.state.files[`${markers}/green`] !== undefined || what.startsWith('append back');
      if (full && changes && /^(append|write)/.test(what) && !/switch/.test(what))
        throw new Error('ENOSPC');
    };
    await runKeeper(world, planOf()).catch(() => undefined);
    expect(servingSlot(world.state)).toBe('blue');
  });
});

describe('a way back that cannot be proven is said to be unproven', () => {
  const down = (world: ScriptedWorld): void => {
    world.onCall = ({ what }) => {
      if (/^start c[123]$/.test(what))
        throw new EngineError('driver failed programming external connectivity', 500);
    };
    stop(world, 'web', 'blue');
  };

  test('the old version does not start: traffic stays, and the way to mend it is told', async () => {
    const { outcome, state } = await run({ natures: bad, onSwitch: down });
    expect(outcome).toMatchObject({ verdict: 'unproven', state: 'UNKNOWN' });
    expect(outcome?.reason).toContain(
      'the way back is not proven: driver failed programming external connectivity',
    );
    expect(outcome?.hint).toContain(`send requests back to it (rm ${markers}/green)`);
    expect(servingSlot(state)).toBe('green');
    expect(named(state, 'web', 'green').map(({ state: is }) => is)).toEqual(['running', 'running']);
    expect(JSON.parse(state.files[`${base}/lease`] ?? '')).toMatchObject({ holder: null });
  });

  test('the old version starts and does not answer', async () => {
    const natures = { ...bad, live: { readyAfterMs: null } };
    const { outcome, state } = await run({
      natures,
      onSwitch: (world) => {
        stop(world, 'web', 'blue');
      },
    });
    expect(outcome).toMatchObject({ verdict: 'unproven', state: 'UNKNOWN' });
    expect(outcome?.reason).toContain(
      'the old version does not answer either: web-1 was not healthy within 2 s',
    );
    expect(servingSlot(state)).toBe('green');
  });

  test('the old containers are gone', async () => {
    const { outcome, state } = await run({
      natures: bad,
      onSwitch: (world) => {
        world.state.containers = world.state.containers.filter(
          ({ labels }) =>
            labels['shiplock.slot'] !== 'blue' || labels['shiplock.environment'] === 'staging',
        );
      },
    });
    expect(outcome?.reason).toContain('containers are missing: web, worker');
    expect([outcome?.state, servingSlot(state)]).toEqual(['UNKNOWN', 'green']);
  });

  test('the proxy died in the bake: traffic is pointed back, and the proxy does not confirm it', async () => {
    const { outcome, state } = await run({
      onSwitch: (world) => {
        stop(world, 'nginx');
      },
    });
    expect(outcome).toMatchObject({ verdict: 'unproven', state: 'UNKNOWN' });
    expect(outcome?.reason).toBe(
      'http://shop.example.com/up did not pass within 3 s: the proxy does not run; and the way back is not proven: the proxy service nginx does not run',
    );
    expect(outcome?.hint).toContain('Requests go to blue again, but the proxy does not confirm it');
    expect(servingSlot(state)).toBe('blue');
    expect(named(state, 'web', 'green')).toHaveLength(2);
  });
});

describe('an old version that is down is brought up first', () => {
  test('its containers are started and gated before traffic returns', async () => {
    const { outcome, wrongs } = await run({
      natures: bad,
      onSwitch: (world) => {
        stop(world, 'web', 'blue');
      },
    });
    expect([outcome?.state, wrongs]).toEqual(['BACK', []]);
  });
});

describe('nothing moves before the proxy has shown that it can be asked', () => {
  const token = `${markers}/blue.json`;

  test('the token path says nothing', async () => {
    const plan = planOf();
    const state = worldBefore(plan);
    Reflect.deleteProperty(state.files, token);
    const world = new ScriptedWorld(structuredClone(state));
    const outcome = await runKeeper(world, plan);
    expect(outcome).toMatchObject({ verdict: 'failed', state: 'BLUE' });
    expect(outcome?.reason).toBe(
      'the proxy cannot be asked which slot serves (http://shop.example.com/): the proxy answered HTTP 404 on the token path',
    );
    expect(outcome?.hint).toContain('proxy.confirm');
    expect(contradictions(world.copy(), plan, outcome, state)).toEqual([]);
  });

  test('a confirmation that never comes sends traffic back', async () => {
    const plan = planOf();
    const state = worldBefore(plan);
    state.files[`${markers}/green.json`] = '{"slot":"green","release":"2-v2"}';
    const world = new ScriptedWorld(structuredClone(state));
    const outcome = await runKeeper(world, plan);
    expect(outcome).toMatchObject({ verdict: 'rolled-back', state: 'BACK' });
    expect(outcome?.reason).toContain(
      'the proxy did not confirm the switch to green: the proxy sends requests to green (2-v2)',
    );
    expect(contradictions(world.copy(), plan, outcome, state)).toEqual([]);
  });
});

describe('an engine that stalls is no verdict', () => {
  const stall =
    (ms: number, how: 'hangs' | 'fails') =>
    (world: ScriptedWorld): void => {
      const end = world.clock.now() + ms;
      world.onCall = async ({ what }) => {
        const left = end - world.clock.now();
        if (left <= 0 || /^(append|write|read|exists|remove \/|list \/|probe)/.test(what)) return;
        if (how === 'fails') throw new RemoteFailure('lost', 'the connection was lost');
        await world.clock.sleep(left);
      };
    };

  test.each([['hangs'], ['fails']] as const)(
    'it %s for half a second in a bake that holds',
    async (how) => {
      const { outcome, moved, wrongs } = await run({ onSwitch: stall(500, how) });
      expect([outcome?.verdict, moved, wrongs]).toEqual(['deployed', true, []]);
    },
  );

  test.each([['hangs'], ['fails']] as const)(
    'it %s for twenty seconds while traffic must return',
    async (how) => {
      const { outcome, wrongs } = await run({ natures: bad, onSwitch: stall(20_000, how) });
      expect([outcome?.state, wrongs]).toEqual(['BACK', []]);
    },
  );

  test('it is gone for good after go: the keeper is begun again ten times, then left as it is', async () => {
    const world = new ScriptedWorld(worldBefore(planOf()));
    world.onCall = ({ what }) => {
      if (/^(list containers|inspect)/.test(what))
        throw new RemoteFailure('unreachable', 'no engine');
    };
    expect(await runKeeper(world, planOf())).toBeNull();
    expect(servingSlot(world.state)).toBe('blue');
  });

  test('a keeper that had to begin again too often goes back, and says what was in its way', async () => {
    const world = new ScriptedWorld(worldBefore(planOf()));
    world.onCall = ({ what }) => {
      if (what.startsWith('restart policy of c4 always'))
        throw new RemoteFailure('lost', 'the connection was lost');
    };
    const outcome = await runKeeper(world, planOf());
    expect(outcome).toMatchObject({
      verdict: 'failed',
      state: 'BLUE',
      reason: 'the keeper had to begin again too often (last interrupted: the connection was lost)',
    });
  });
});

describe('what the engine refuses is a verdict', () => {
  test.each([
    ['a container that does not start', /^start c4$/, 'port is already allocated'],
    ['an image that is gone', /^inspect image .*web@sha256:2/, 'No such image'],
  ])('%s ends a return to a parked slot at once', async (_, call, message) => {
    const plan = parkedPlan();
    const state = worldBefore(plan);
    const world = new ScriptedWorld(structuredClone(state));
    world.onCall = ({ what }) => {
      if (call.test(what)) throw new EngineError(message, 500);
    };
    const outcome = await runKeeper(world, plan);
    expect(outcome).toMatchObject({ state: 'BLUE', reason: message });
    expect(contradictions(world.copy(), plan, outcome, state)).toEqual([]);
  });

  test('a container that runs another image than the record says gets no traffic', async () => {
    const plan = planOf();
    const state = worldBefore(plan);
    state.containers = state.containers.map((one) =>
      one.id === 'c5' ? { ...one, image: 'moved@sha256:9' } : one,
    );
    const world = new ScriptedWorld(structuredClone(state));
    const outcome = await runKeeper(world, plan);
    expect(outcome?.reason).toContain('web-2 runs sha256:moved@sha256:9, which is not');
    expect([outcome?.state, contradictions(world.copy(), plan, outcome, state)]).toEqual([
      'BLUE',
      [],
    ]);
  });
});

/** The server at the instant at which the bake has begun. */
async function inTheBake(plan: Plan): Promise<WorldState> {
  const instants = await everyInstant(worldBefore(plan), plan, sayingGo);
  const found = instants.find(({ after }) => after === 'append bake intent');
  if (found === undefined) throw new Error('there was no bake');
  return found.state;
}

describe('the journal', () => {
  test.each([
    ['half a line', '{"seq":99,"epo'],
    ['bytes', '\u0000\u0000\u0000'],
    ['a line of another program', 'hello\n'],
  ])('torn at its end by %s is gone on with', async (_, torn) => {
    const plan = planOf();
    const path = `${base}/journal/d4.jsonl`;
    const instant = await inTheBake(plan);
    instant.files[path] = `${instant.files[path] ?? ''}${torn}`;
    const again = new ScriptedWorld(structuredClone(instant));
    const outcome = await runKeeper(again, plan, gone);
    expect([outcome?.state, contradictions(again.copy(), plan, outcome, instant)]).toEqual([
      'GREEN',
      [],
    ]);
    const seqs = (again.state.files[path] ?? '')
      .split('\n')
      .flatMap((line) => /^\{"seq":(\d+),"epoch"/.exec(line)?.[1] ?? [])
      .map(Number);
    expect(seqs).toEqual(seqs.map((_seq, index) => index + 1));
  });

  test('begun again after its end, the keeper says the end again, for a runner that has not heard it', async () => {
    const plan = firstPlan();
    const world = new ScriptedWorld(worldBefore(plan));
    await runKeeper(world, plan);
    const life = startKeeper(world, plan, gone);
    await world.clock.drive(life.done);
    const [end, lease] = life.said.map((line) => JSON.parse(line) as unknown);
    expect(end).toMatchObject({ step: 'end', outcome: { state: 'GREEN' } });
    expect(lease).toEqual({ lease: 'free' });
  });
});

describe('a restart of the server', () => {
  test('in the bake needs its good checks again, and the release holds', async () => {
    const plan = planOf();
    const instant = rebooted(await inTheBake(plan));
    const after = new ScriptedWorld(structuredClone(instant));
    const checks: string[] = [];
    after.onCall = ({ what }) => {
      if (what === 'probe http://shop.example.com/up') checks.push(what);
    };
    const outcome = await runKeeper(after, plan, gone);
    expect([outcome?.state, contradictions(after.copy(), plan, outcome, instant)]).toEqual([
      'GREEN',
      [],
    ]);
    expect(checks.length).toBeGreaterThanOrEqual(2);
  });
});
