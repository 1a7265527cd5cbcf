import type { ScanJudgement } from '../../domain/scan/judge';
import { sarifLimits, toSarif } from '../../domain/scan/sarif';

export interface FittingSarif {
  readonly text: string;
  /** What was left out, in words. */
  readonly notes: readonly string[];
}

/** SARIF that GitHub takes: as many of the worst results as fit. @param gzipBytes bytes of a packed text */
export function fitSarif(
  { findings, sources }: ScanJudgement,
  category: string,
  gzipBytes: (text: string) => number,
): FittingSarif {
  for (let maxResults: number = sarifLimits.results; ; maxResults = Math.floor(maxResults / 2)) {
    const { log, notes } = toSarif(findings, sources, { category, maxResults });
    const text = JSON.stringify(log);
    // A text this short cannot be too long when it is packed.
    if (text.length <= sarifLimits.gzipBytes / 4 || maxResults === 0) return { text, notes };
    if (gzipBytes(text) <= sarifLimits.gzipBytes) return { text, notes };
  }
}
