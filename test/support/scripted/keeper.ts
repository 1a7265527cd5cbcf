import { PassThrough, type Readable } from 'node:stream';
import type { KeeperCommand, Outcome } from '../../../src/domain/records/journal';
import type { Plan } from '../../../src/domain/records/plan';
import { keepDeploy } from '../../../src/keeper/keep-deploy';
import type { WorldState } from './state';
import { ScriptedWorld } from './world';

/** What the runner does: what it says so many milliseconds after the keeper began (a text is said as it is), or nothing at all. */
export type Runner = readonly (readonly [afterMs: number, said: KeeperCommand | string])[];

const facts = { schemaBefore: 'a', schemaAfter: 'b', backups: [] };
const beats: Runner = Array.from({ length: 4 }, (_, index) => [index * 2000, { kind: 'beat' }]);

/** Says go after 300 ms. */
export const sayingGo: Runner = [[300, { kind: 'go', facts }], ...beats];

/** Nobody is there any more. */
export const gone: Runner = [];

/** One life of a keeper. */
export interface KeeperLife {
  readonly done: Promise<Outcome>;
  /** What it said aloud. */
  readonly said: readonly string[];
  /** Its process is killed: nothing it does from now on has an effect. */
  kill(): void;
}

/** Starts the real keeper on a scripted server. */
export function startKeeper(world: ScriptedWorld, plan: Plan, runner: Runner): KeeperLife {
  const input = new PassThrough();
  const life = beginKeeper(world, plan, input, []);
  for (const [afterMs, command] of runner) {
    const line = typeof command === 'string' ? command : JSON.stringify(command);
    void world.clock.sleep(afterMs).then(() => input.write(`${line}\n`));
  }
  return life;
}

/** Begins the real keeper with its stdin; what it says is added to `said`. */
export function beginKeeper(
  world: ScriptedWorld,
  plan: Plan,
  input: Readable,
  said: string[],
): KeeperLife {
  const process = world.process();
  const { engine, files, probe, clock } = process;
  const say = (line: string): void => void said.push(line);
  const parts = { plan, files, probe, clock, input, say, connect: () => Promise.resolve(engine) };
  return {
    done: keepDeploy(parts),
    said,
    kill: () => {
      process.end();
    },
  };
}

const mostLives = 10;

/** Runs a keeper under a stand-in for Docker's `on-failure`: one that dies is begun again; null = it was given up. */
export async function supervise(
  world: ScriptedWorld,
  plan: Plan,
  runner: Runner,
): Promise<Outcome | null> {
  for (let life = 0; life <= mostLives; life += 1) {
    const keeper = startKeeper(world, plan, life === 0 ? runner : gone);
    try {
      return await keeper.done;
    } catch {
      keeper.kill();
      await world.clock.sleep(100 * 2 ** life);
    }
  }
  return null;
}

/** Runs a supervised keeper to its end. */
export function runKeeper(
  world: ScriptedWorld,
  plan: Plan,
  runner: Runner = sayingGo,
): Promise<Outcome | null> {
  return world.clock.drive(supervise(world, plan, runner));
}

/** The server as it stood before the first change and after each one, with what the change was. */
export async function everyInstant(
  state: WorldState,
  plan: Plan,
  runner: Runner,
): Promise<readonly { readonly after: string; readonly state: WorldState }[]> {
  const world = new ScriptedWorld(structuredClone(state));
  const instants = [{ after: 'nothing', state: world.copy() }];
  world.onChange = (after) => void instants.push({ after, state: world.copy() });
  await runKeeper(world, plan, runner);
  return instants;
}
