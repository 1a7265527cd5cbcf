/** What a state means for a merge: `wait` may still become anything. */
export type Meaning = 'pass' | 'fail' | 'skip' | 'wait';

export interface State {
  readonly meaning: Meaning;
  /** In words, as `timed out`. */
  readonly says: string;
  /** What somebody can do about it. */
  readonly advice?: string;
}

const act = 'nobody waits for a person: act on it, then run this job again';
const ended: Readonly<Record<string, State>> = {
  success: { meaning: 'pass', says: 'success' },
  neutral: { meaning: 'pass', says: 'neutral' },
  skipped: { meaning: 'skip', says: 'skipped' },
  failure: { meaning: 'fail', says: 'failure' },
  error: { meaning: 'fail', says: 'error' },
  cancelled: { meaning: 'fail', says: 'cancelled' },
  timed_out: { meaning: 'fail', says: 'timed out' },
  action_required: { meaning: 'fail', says: 'action required', advice: act },
  stale: {
    meaning: 'fail',
    says: 'stale',
    advice: 'GitHub gave it up after 14 days: run it again',
  },
  startup_failure: {
    meaning: 'fail',
    says: 'startup failure',
    advice: 'its workflow file is not valid',
  },
};

/** A result of `needs`, a conclusion of a check run, or the state of a commit status; one that is not known fails. */
export function endedState(result: string): State {
  const unknown: State = { meaning: 'fail', says: `unknown result ${result.slice(0, 60)}` };
  return Object.hasOwn(ended, result) ? (ended[result] ?? unknown) : unknown;
}

/** A check run's status and conclusion: https://docs.github.com/en/rest/checks/runs; also those of a workflow's run. */
export function checkState(status: string, conclusion: string | null): State {
  if (status === 'completed') return endedState(conclusion ?? 'no conclusion');
  // A person has to approve it: nobody waits for that.
  if (status === 'waiting') return { meaning: 'fail', says: 'waits for an approval', advice: act };
  if (status === 'action_required') return endedState(status);
  return { meaning: 'wait', says: status.replaceAll('_', ' ') };
}

/** A commit status: https://docs.github.com/en/rest/commits/statuses. */
export function statusState(state: string): State {
  return state === 'pending' ? { meaning: 'wait', says: 'pending' } : endedState(state);
}

/** What it means that something is still open when the time is over. */
export function overdue({ says }: State): string {
  if (says === 'in progress') return 'it had not ended when the time was over';
  return says === 'pending' ? 'nobody said how it ended' : 'it never started';
}
