import type { JournalPhase, Step } from '../../domain/records/journal';
import { messageOf } from '../../errors';
import type { HostRun } from './deploy-tools';

/** Tells a step to whoever reads the log, and to the keeper's journal. */
export type Tell = (step: Step, phase: JournalPhase, text?: string, tookMs?: number) => void;

type Timed = <T>(name: Step, act: () => Promise<T>, say: (result: T) => string) => Promise<T>;

/** Tells a step's begin and end, with its time. */
export function timed({ tools }: Pick<HostRun, 'tools'>, tell: Tell): Timed {
  return async (name, act, say) => {
    const start = tools.clock.monotonic();
    const took = (): number => tools.clock.monotonic() - start;
    // Once the run is cancelled its keeper undoes what there is: nothing more may come.
    tools.signal.throwIfAborted();
    tell(name, 'intent');
    try {
      const result = await act();
      tell(name, 'done', say(result), took());
      return result;
    } catch (thrown) {
      tell(name, 'failed', messageOf(thrown), took());
      throw thrown;
    }
  };
}
