import type { World } from '../operations/release/world';
import type { Transcript } from '../operations/release/transcript';
import type { Inbox } from './inbox';
import type { Journal } from './journal';

/** Everything a keeper's step works with: the server, the journal, what the runner says. */
export interface Keep extends World {
  readonly journal: Journal;
  readonly inbox: Inbox;
  readonly transcript: Transcript;
  readonly warnings: string[];
}

/** A step that did not hold; the keeper then brings the old version back. */
export class StepFailure extends Error {
  constructor(
    message: string,
    readonly culprits: readonly string[] = [],
    readonly hint: string | null = null,
  ) {
    super(message);
    this.name = 'StepFailure';
  }
}

/** Another deploy holds the app now: this keeper has no say any more, and leaves everything as it is. */
export class Superseded extends Error {}

/** How often a keeper has begun on this deploy; more than once means that the server or its Docker restarted. */
export function timesBegun({ journal }: Keep): number {
  return journal.records.filter(({ step, phase }) => step === 'keeper' && phase === 'intent')
    .length;
}
