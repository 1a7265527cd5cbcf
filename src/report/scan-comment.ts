import type { ScanCounts } from '../domain/scan/counts';
import type { ScanJudgement } from '../domain/scan/judge';
import { byteLength } from './markdown';
import { scanSummary } from './scan-summary';

/** GitHub takes 65,536 characters; the marker needs some of them. */
const longest = 65_000;

// From generous to bare; the first one that fits is taken.
const steps = [
  { findings: 50, troubles: 20 },
  { findings: 15, troubles: 10 },
  { findings: 5, troubles: 3 },
  { findings: 1, troubles: 1 },
] as const;

/** What begins a comment of ours, and is not seen; a category has a comment of its own. */
export function commentMarker(category: string): string {
  // Encoded, it can end neither the remark nor the line.
  return `<!-- shiplock scan-gate ${encodeURIComponent(category)} -->`;
}

/** The summary as a comment, as much of it as fits. @param runUrl where all of it stands */
export function scanComment(
  judgement: ScanJudgement,
  counts: ScanCounts,
  notes: readonly string[],
  runUrl: string | null,
): string {
  const more = runUrl === null ? '' : `[All of it](${runUrl})\n`;
  for (const limits of steps) {
    const text = scanSummary(judgement, counts, notes, limits) + more;
    if (byteLength(text) <= longest) return text;
  }
  return `## Scan gate: ${judgement.verdict}\n\n${counts.decisions.fail} findings fail this run.\n\n${more}`;
}
