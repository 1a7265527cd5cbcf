import type { Finding } from './judge-jobs';
import type { NamePattern } from './names';
import { overdue, type State } from './states';

/** The workflow that a check belongs to. */
export interface CheckWorkflow {
  readonly name: string;
  /** Of its file: two workflows may have one name. */
  readonly path: string;
  readonly event: string;
  readonly run: number;
}

/** A check run or commit status of the commit that is to be merged, or a run of a workflow. */
export interface Check {
  /** `run`: it counts only as long as it has no check of its own. */
  readonly kind: 'check' | 'status' | 'run';
  /** A later one of the same kind has a greater one. */
  readonly id: number;
  readonly name: string;
  readonly app: string;
  /** null for checks of other apps, and for statuses. */
  readonly workflow: CheckWorkflow | null;
  readonly state: State;
  readonly url: string | null;
}

/** What is judged elsewhere: the gate does not wait for itself, nor for what it was told about. */
export interface Own {
  /** Check run of the gate's job; null = nobody knows. */
  readonly check: number | null;
  readonly run: number;
  /** Commit status that the gate writes; null = none. */
  readonly status: string | null;
  /** Whether a check of that name is a job whose result the gate was handed. */
  readonly handed: (name: string) => boolean;
}

export interface CheckRules {
  /** Must be seen, and pass. */
  readonly required: readonly NamePattern[];
  readonly ignored: readonly NamePattern[];
  readonly allowedSkips: readonly NamePattern[];
  readonly allowedFailures: readonly NamePattern[];
}

/** The latest of each check: app, workflow, event and name say which one it is, because two workflows may have jobs of one name. */
export function latestChecks(checks: readonly Check[]): readonly Check[] {
  const latest = new Map<string, Check>();
  for (const check of checks) {
    const { kind, app, workflow, name } = check;
    const key = JSON.stringify([kind, app, workflow?.path, workflow?.event, name]);
    const before = latest.get(key);
    if (before === undefined || check.id > before.id) latest.set(key, check);
  }
  const all = [...latest.values()];
  const withChecks = new Set(checks.map(({ kind, workflow }) => kind === 'check' && workflow?.run));
  return all.filter(({ kind, id }) => kind !== 'run' || !withChecks.has(id));
}

/**
 * Without the gate itself: not its check, also not that of the same job in a run for another event, which judges the same commit and
 * would wait for this one as this one for it.
 */
export function othersThan(own: Own, checks: readonly Check[]): readonly Check[] {
  const self = checks.find(({ kind, id }) => kind === 'check' && id === own.check);
  const path = self?.workflow?.path;
  const isSelf = ({ id, name, workflow }: Check): boolean =>
    id === own.check || (path !== undefined && workflow?.path === path && name === self?.name);
  return checks.filter((check) => {
    if (check.kind === 'check') return !isSelf(check);
    return check.kind === 'run' ? check.id !== own.run : check.name !== own.status;
  });
}

/** Whether the gate's own job is among the checks, and nobody knows which one it is. */
export function hidesItself(own: Own, checks: readonly Check[]): boolean {
  if (own.check !== null) return false;
  return checks.some(
    ({ kind, workflow, state }) =>
      kind === 'check' && workflow?.run === own.run && state.meaning === 'wait',
  );
}

const absence = {
  kind: 'check',
  origin: '',
  state: { meaning: 'wait', says: 'not seen' },
  verdict: 'missing',
  url: null,
} as const;

/** Judges what was seen of a commit's checks; required ones that were not seen are missing. @param inTime whether waiting may help */
export function judgeChecks(
  checks: readonly Check[],
  rules: CheckRules,
  own: Own,
  inTime = true,
): readonly Finding[] {
  const counted = latestChecks(othersThan(own, checks)).filter(
    ({ name }) => !fitsAny(rules.ignored, name),
  );
  const seen = counted.filter(({ kind }) => kind !== 'run');
  const absent = rules.required.filter(({ fits }) => !seen.some(({ name }) => fits(name)));
  const handed = ({ workflow, name }: Check) => workflow?.run === own.run && own.handed(name);
  return [
    ...counted.filter((check) => !handed(check)).map((check) => judge(check, rules, inTime)),
    ...absent.map(({ text }): Finding => {
      const why = inTime
        ? 'it is required'
        : 'it is required: look at its name, and whether its workflow runs on this event';
      return { ...absence, name: text, why };
    }),
  ];
}

const fitsAny = (patterns: readonly NamePattern[], name: string): boolean =>
  patterns.some(({ fits }) => fits(name));

function judge(
  check: Check,
  { allowedSkips, allowedFailures }: CheckRules,
  inTime: boolean,
): Finding {
  const { kind, name, state, url } = check;
  const found = { kind, name, origin: originOf(check), state, url };
  switch (state.meaning) {
    case 'pass':
      return { ...found, verdict: 'pass', why: '' };
    case 'wait':
      return { ...found, verdict: 'wait', why: inTime ? '' : overdue(state) };
    case 'skip':
      return fitsAny(allowedSkips, name)
        ? { ...found, verdict: 'pass', why: 'unexplained; it may be skipped' }
        : { ...found, verdict: 'fail', why: 'unexplained: GitHub does not say why' };
    case 'fail':
      return fitsAny(allowedFailures, name)
        ? { ...found, verdict: 'pass', why: 'it may fail' }
        : { ...found, verdict: 'fail', why: state.advice ?? '' };
  }
}

function originOf({ kind, app, workflow }: Check): string {
  if (kind === 'status') return 'commit status';
  return workflow === null ? app : `${workflow.name}, ${workflow.event}`;
}
