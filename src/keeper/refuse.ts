import type { Step } from '../domain/records/journal';
import { EngineError } from '../errors';
import { StepFailure, type Keep } from './keep';

/** Ends a step before the new version was proven: the verdict is on the disk before anything is undone. */
export async function refuse(
  { journal }: Keep,
  step: Step,
  reason: string,
  culprits: readonly string[] = [],
): Promise<never> {
  await journal.write(step, 'failed', { text: reason });
  const hint = journal.has('switch', 'done')
    ? null
    : 'Look at the last lines of the container; nothing of the new version reached your users.';
  throw new StepFailure(reason, culprits, hint);
}

/** What the engine refuses now it will refuse again, and is a verdict; a lost call says nothing. */
export async function heed<T>(keep: Keep, step: Step, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    if (thrown instanceof EngineError) return refuse(keep, step, thrown.message);
    throw thrown;
  }
}
