import { rangeOfEvent, wantedRange, type WantedRange } from '../../domain/scan/secret-range';
import { ShiplockError } from '../../errors';
import type { HistoryCopy, HistoryTools } from './copy-history';
import type { SecretSubject, SecretTools } from './secret-start';
import { resolveRange, type ResolvedRange } from './resolve-range';

/** The range, or why it is empty. */
export async function chooseRange(
  history: HistoryCopy,
  { scan }: SecretSubject,
  tools: SecretTools,
): Promise<ResolvedRange | string> {
  const event = tools.rangeEvent();
  const range = await resolveWanted(wantedRange(event, scan), history, tools.history);
  if (typeof range === 'string' || range.commits.length > 0) return range;
  const same = `${scan.base ?? range.range.base ?? ''} has all of ${range.range.head}: there is nothing new`;
  if (scan.base === undefined) return `${same} (${range.why})`;
  // base: main in a push to main is a mistake that would make every push clean.
  tools.history.tell(`${same}; taking what the event says instead of base and head`);
  const other = await resolveWanted(rangeOfEvent(event), history, tools.history);
  return typeof other === 'string' || other.commits.length > 0 ? other : `${same} (${other.why})`;
}

async function resolveWanted(
  wanted: WantedRange,
  history: HistoryCopy,
  tools: HistoryTools,
): Promise<ResolvedRange | string> {
  switch (wanted.kind) {
    case 'nothing':
      return wanted.why;
    case 'unknown':
      throw new ShiplockError(wanted.why, {
        fault: 'user',
        hint: 'give base and head to this step',
      });
    case 'commits':
      return resolveRange(wanted, history, tools);
  }
}
