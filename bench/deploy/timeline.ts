import type { DeployReport } from '../../src/report/deploy-report';

/** When a line of the live log was shown; epoch milliseconds. */
export interface TimedLine {
  readonly at: number;
  readonly line: string;
}

/** One run of an action: from the start of its process to its end, in epoch milliseconds, with what it said and reported. */
export interface TimedRun {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly lines: readonly TimedLine[];
  readonly report: Pick<DeployReport, 'startedAt' | 'hosts'>;
}

/** The phases of a run in milliseconds, in order; together they are its wall time to the millisecond. */
export type Phases = Readonly<Record<PhaseName, number>>;

/**
 * The work of a deploy beyond what it cannot help is everything but these: the registry's time (pull), the app's (gate: until it is
 * healthy), what the team has chosen (check, bake, drain with linger) and the old containers' (stop, with their grace).
 */
const notOurs: readonly PhaseName[] = ['pull', 'gate', 'check', 'bake', 'drain', 'stop'];

const order = [
  'look', // process start, SSH, everything looked at, the lease taken and files put there
  'pull',
  'make', // the keeper is up, networks and containers are made
  'start', // containers started
  'hand over', // the keeper has heard the go
  'gate',
  'switch', // restart policy, marker, proof by the proxy
  'check',
  'bake',
  'drain',
  'stop',
  'record', // state, ledger, prune, the end
  'leave', // the end was seen, outputs and summary written, the process gone
] as const;
export type PhaseName = (typeof order)[number];

/** Cuts a run into its phases; a phase that did not happen takes 0. Throws when the log lacks a line that every deploy has. */
export function phasesOf(run: TimedRun): Phases {
  const said = (pattern: RegExp): number => {
    const found = run.lines.find(({ line }) => pattern.test(line));
    if (found === undefined) throw new Error(`the log has no line like ${String(pattern)}`);
    return found.at;
  };
  const ends: Record<PhaseName, number | undefined> = {
    look: said(/✓ lease/),
    pull: said(/✓ pull/),
    make: said(/▸ start/),
    start: said(/✓ start/),
    'hand over': recordTime(run, 'gate', 'intent'),
    gate: recordTime(run, 'gate', 'done'),
    switch: recordTime(run, 'switch', 'done'),
    check: recordTime(run, 'check', 'done'),
    bake: recordTime(run, 'bake', 'done'),
    drain: recordTime(run, 'drain', 'done'),
    stop: recordTime(run, 'stop', 'done'),
    record: recordTime(run, 'end', 'done'),
    leave: run.endedAt,
  };
  let before = run.startedAt;
  const phases = order.map((name) => {
    const end = Math.max(before, ends[name] ?? before);
    const tookMs = end - before;
    before = end;
    return [name, tookMs] as const;
  });
  return Object.fromEntries(phases) as Record<PhaseName, number>;
}

/** Milliseconds of a run's wall time that are the tool's own. */
export function beyondMs(phases: Phases): number {
  return order
    .filter((name) => !notOurs.includes(name))
    .reduce((sum, name) => sum + phases[name], 0);
}

/** A rollback's way from opening the SSH connection to the proxy's word that the old release serves, in milliseconds. */
export function openToProofMs(run: TimedRun): number {
  return needed(run, 'switch', 'done') - Date.parse(run.report.startedAt);
}

/** From the verdict on a version that serves to the proof that the old one serves again, in milliseconds; the journal's times are exact to one. */
export function verdictToProofMs(run: TimedRun): number {
  const verdict = recordTime(run, 'check', 'failed') ?? needed(run, 'bake', 'failed');
  return needed(run, 'back', 'done') - verdict;
}

function needed(run: TimedRun, step: string, phase: string): number {
  const time = recordTime(run, step, phase);
  if (time === undefined) throw new Error(`the journal has no record ${step} ${phase}`);
  return time;
}

function recordTime(run: TimedRun, step: string, phase: string): number | undefined {
  const records = run.report.hosts[0]?.records ?? [];
  const found = records.find((record) => record.step === step && record.phase === phase);
  return found === undefined ? undefined : Date.parse(found.time);
}
