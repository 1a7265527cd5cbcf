import { messageOf } from '../../errors';
import type { CommitStatus } from '../../platform/github/github-checks';
import type { GateVerdict } from './gate-merge';

/** Says how it goes as a status of the commit; null where the check of the job itself reaches it. */
export type TellCommit =
  ((status: Pick<CommitStatus, 'state' | 'description'>) => Promise<void>) | null;

/**
 * Judges, with a status of the commit before and after: on `workflow_run` the check of this job lands on the default branch. No way
 * out leaves the status pending, because a commit whose status never ends can never be merged.
 */
export async function reportToCommit(
  tell: TellCommit,
  judge: () => Promise<GateVerdict>,
): Promise<GateVerdict> {
  await tell?.({ state: 'pending', description: 'judging the checks' });
  try {
    const verdict = await judge();
    await tell?.(statusOf(verdict));
    return verdict;
  } catch (thrown) {
    const description = messageOf(thrown).split('\n')[0] ?? '';
    // The first failure is the one to know.
    await tell?.({ state: 'error', description }).catch(() => undefined);
    throw thrown;
  }
}

function statusOf({ passed, findings }: GateVerdict): Pick<CommitStatus, 'state' | 'description'> {
  if (passed) return { state: 'success', description: `all ${findings.length} passed` };
  const bad = findings.filter(({ verdict }) => verdict !== 'pass').map(({ name }) => name);
  return {
    state: 'failure',
    description:
      bad.length === 0
        ? 'nothing to judge'
        : `${bad.length} of ${findings.length}: ${bad.join(', ')}`,
  };
}
