import { journalRecord, type Outcome } from '../../../src/domain/records/journal';
import type { PlacedRelease, Plan } from '../../../src/domain/records/plan';
import { release as releaseRecord } from '../../../src/domain/records/release';
import { hostState, lease } from '../../../src/domain/records/state';
import { base } from './release';
import {
  serviceOf,
  servingSlot,
  slotOfContainer,
  type ScriptedContainer,
  type WorldState,
} from './state';

/** Everything about a server that does not fit the end that its keeper tells; nothing = it holds together. */
export function contradictions(
  state: WorldState,
  plan: Plan,
  outcome: Outcome | null,
  before: WorldState,
): string[] {
  if (outcome === null) return ['the keeper was given up without an end'];
  const wrongs = [
    ...state.wrongs,
    ...journalWrongs(state, plan, outcome),
    ...leaseWrongs(state, plan),
  ];
  if (bystandersOf(state) !== bystandersOf(before)) wrongs.push('something else was touched');
  switch (outcome.state) {
    case 'GREEN':
    case 'GREEN+':
      wrongs.push(...newServes(state, plan), ...recordWrongs(state, plan, 'good'));
      break;
    case 'BACK':
      wrongs.push(...oldServes(state, plan), ...recordWrongs(state, plan, 'rolled-back'));
      break;
    case 'BLUE':
      wrongs.push(...oldServes(state, plan), ...recordWrongs(state, plan, 'failed'));
      break;
    case 'UNKNOWN':
      break;
  }
  return wrongs;
}

const verdicts = {
  GREEN: 'deployed',
  'GREEN+': 'deployed',
  BACK: 'rolled-back',
  BLUE: 'failed',
  UNKNOWN: 'unproven',
};

function journalWrongs({ files }: WorldState, plan: Plan, outcome: Outcome): string[] {
  const lines = (files[`${base}/journal/${plan.deploy}.jsonl`] ?? '').trim().split('\n');
  const last = journalRecord.safeParse(JSON.parse(lines.at(-1) ?? 'null'));
  const wrongs =
    outcome.verdict === verdicts[outcome.state]
      ? []
      : [`${outcome.state} is called ${outcome.verdict}`];
  if (last.data?.step !== 'end')
    wrongs.push(`the journal ends with ${last.data?.step ?? 'garbage'}`);
  if (last.data?.outcome?.state !== outcome.state) wrongs.push('the journal tells another end');
  return wrongs;
}

function leaseWrongs({ files }: WorldState, plan: Plan): string[] {
  const held = lease.parse(JSON.parse(files[`${base}/lease`] ?? ''));
  const wrongs = held.holder === null ? [] : ['the lease is still held'];
  return held.epoch === plan.epoch ? wrongs : [...wrongs, `the epoch became ${held.epoch}`];
}

function oldServes(state: WorldState, plan: Plan): string[] {
  const left = state.containers.filter(({ labels }) => labels['shiplock.deploy'] === plan.deploy);
  const leftovers = left.map(({ name }) => `${name} was left over`);
  if (plan.live === null || plan.live.slot === 'adopted') {
    const slot = servingSlot(state);
    if (plan.live !== null) leftovers.push(...allRun(state, plan.live));
    const wrongs = slot === 'adopted' ? leftovers : [...leftovers, `${slot} serves`];
    return state.files[`${base}/state.json`] === undefined
      ? wrongs
      : [...wrongs, 'a state was recorded'];
  }
  return [
    ...leftovers,
    ...serves(state, plan.live),
    ...containersOf(state, plan.target).flatMap(standsStill),
  ];
}

function newServes(state: WorldState, { target, live, keepOld }: Plan): string[] {
  const wrongs = [...serves(state, target)];
  if (live === null) return wrongs;
  for (const one of containersOf(state, live)) {
    const warm = keepOld === 'running' && serviceOf(one) === 'web';
    if (!warm) wrongs.push(...standsStill(one));
    else if (one.state !== 'running' || one.policy !== 'always')
      wrongs.push(`${one.name} is not warm`);
  }
  return wrongs;
}

/** A slot runs whole, is pointed to and recorded, and returns by itself. */
function serves(state: WorldState, up: PlacedRelease): string[] {
  const wrongs: string[] = [];
  const slot = servingSlot(state);
  if (slot !== up.slot) wrongs.push(`the markers point to ${slot}`);
  const recorded = hostState.parse(JSON.parse(state.files[`${base}/state.json`] ?? 'null'));
  if (recorded.live.slot !== up.slot || recorded.live.release !== up.release.id)
    wrongs.push(`the state says ${recorded.live.release} in ${recorded.live.slot}`);
  return [...wrongs, ...allRun(state, up)];
}

/** Every replica runs, and returns by itself. */
function allRun(state: WorldState, up: PlacedRelease): string[] {
  const wrongs: string[] = [];
  const replicas = containersOf(state, up);
  const wanted = up.release.services.reduce((sum, { replicas: count }) => sum + count, 0);
  if (replicas.length !== wanted)
    wrongs.push(`${replicas.length} of ${wanted} containers are there`);
  for (const one of replicas) {
    if (one.state !== 'running') wrongs.push(`${one.name} is ${one.state}`);
    if (one.policy !== 'always') wrongs.push(`${one.name} has restart=${one.policy}`);
  }
  return wrongs;
}

function standsStill({ name, state, policy }: ScriptedContainer): string[] {
  const wrongs = state === 'running' ? [`${name} still runs`] : [];
  return policy === 'no' ? wrongs : [...wrongs, `${name} stands still with restart=${policy}`];
}

function containersOf(
  { containers }: WorldState,
  { slot, release }: PlacedRelease,
): ScriptedContainer[] {
  if (slot === 'adopted') return containers.filter((one) => slotOfContainer(one) === slot);
  return containers.filter(
    ({ labels }) =>
      labels['shiplock.release'] === release.id &&
      labels['shiplock.environment'] === 'production' &&
      labels['shiplock.role'] === 'service',
  );
}

function recordWrongs({ files }: WorldState, plan: Plan, expected: string): string[] {
  const { id, standing: before } = plan.target.release;
  const text = files[`${base}/releases/${id}/release.json`];
  const { standing } = releaseRecord.parse(JSON.parse(text ?? 'null'));
  const kept = plan.kind === 'rollback' && expected !== 'good' ? before : expected;
  return standing === kept ? [] : [`${id} is recorded as ${standing}`];
}

/** What no deploy of this app in this environment may change. */
function bystandersOf({ containers, files }: WorldState): string {
  const others = containers
    .filter(({ labels }) => labels['shiplock.environment'] !== 'production')
    .filter((one) => slotOfContainer(one) !== 'adopted')
    .map(({ name, state, policy, labels }) => ({ name, state, policy, labels }));
  return JSON.stringify([others, files['/var/lib/shiplock/shop/staging/state.json']]);
}
