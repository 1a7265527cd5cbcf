import type { Finding } from './judge-jobs';
import type { NamePattern } from './names';
import type { State } from './states';

/** A check run or commit status of the commit that is to be merged. */
export interface Check {
  readonly kind: 'check' | 'status';
  readonly id: number;
  readonly name: string;
  readonly app: string;
  /** '' for checks of other apps, and for statuses. */
  readonly workflow: string;
  readonly event: string;
  readonly state: State;
  /** Milliseconds since 1970; the latest of one identity counts. */
  readonly startedAt: number;
  readonly url: string | null;
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
    const { kind, app, workflow, event, name } = check;
    const key = JSON.stringify([kind, app, workflow, event, name]);
    const before = latest.get(key);
    const newer =
      before === undefined ||
      check.startedAt > before.startedAt ||
      (check.startedAt === before.startedAt && check.id > before.id);
    if (newer) latest.set(key, check);
  }
  return [...latest.values()];
}

const missing: State = { meaning: 'wait', says: 'not seen' };

/** Judges what was seen of a commit's checks; required ones that were not seen are missing. */
export function judgeChecks(checks: readonly Check[], rules: CheckRules): readonly Finding[] {
  const counted = latestChecks(checks).filter(({ name }) => !fitsAny(rules.ignored, name));
  const absent = rules.required.filter(({ fits }) => !counted.some(({ name }) => fits(name)));
  return [
    ...counted.map((check) => judge(check, rules)),
    ...absent.map(({ text }): Finding => {
      const why = 'it is required, and nobody has seen it';
      return { name: text, origin: '', state: missing, verdict: 'missing', why, url: null };
    }),
  ];
}

const fitsAny = (patterns: readonly NamePattern[], name: string): boolean =>
  patterns.some(({ fits }) => fits(name));

function judge(check: Check, { allowedSkips, allowedFailures }: CheckRules): Finding {
  const { name, state, url, app, workflow, event } = check;
  const origin = [workflow === '' ? app : workflow, event].filter(Boolean).join(', ');
  const found = { name, origin, state, url };
  switch (state.meaning) {
    case 'pass':
    case 'wait':
      return { ...found, verdict: state.meaning, why: '' };
    case 'skip':
      return fitsAny(allowedSkips, name)
        ? { ...found, verdict: 'pass', why: 'may be skipped' }
        : { ...found, verdict: 'fail', why: 'skipped, and GitHub does not say why' };
    case 'fail':
      return fitsAny(allowedFailures, name)
        ? { ...found, verdict: 'pass', why: 'may fail' }
        : { ...found, verdict: 'fail', why: '' };
  }
}
