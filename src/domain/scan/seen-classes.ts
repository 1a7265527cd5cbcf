import type { FindingClass } from './finding';
import type { ReportFacts } from './report-facts';

/**
 * Classes that a tool really had something to look at for: an empty folder looks clean, and so do packages without a lock
 * file. Secrets may be in any file, of which a report without findings says nothing.
 */
export function seenClasses(
  asked: readonly FindingClass[],
  { targetClasses }: Pick<ReportFacts, 'targetClasses'>,
  hasFiles: boolean,
): readonly FindingClass[] {
  if (targetClasses === null) return asked;
  return asked.filter((one) => targetClasses.includes(one) || (one === 'secret' && hasFiles));
}
