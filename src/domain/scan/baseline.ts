import { z } from 'zod';
import { findingClasses } from './finding';

/** One finding of an earlier run, as far as it is compared. */
export const baselineFinding = z.object({
  fingerprint: z.string().max(80),
  class: z.enum(findingClasses),
  rule: z.string().max(400),
  target: z.string().max(400),
  decision: z.string().max(20),
});
export type BaselineFinding = z.infer<typeof baselineFinding>;

/** An earlier run to compare with; `missing` says why there is none. */
export type Baseline =
  | { readonly kind: 'none' }
  | { readonly kind: 'missing'; readonly why: string }
  | {
      readonly kind: 'found';
      /** What it is the result of, for people. */
      readonly of: string;
      readonly findings: ReadonlyMap<string, BaselineFinding>;
    };

/** Whether a finding was there before. One that was ignored then has never been accepted as it is. */
export function isExisting(baseline: Baseline, fingerprint: string): boolean {
  if (baseline.kind !== 'found') return false;
  const before = baseline.findings.get(fingerprint);
  return before !== undefined && before.decision !== 'ignored';
}

/** What was there and is not any more, in the classes that were looked for again. */
export function fixedSince(
  baseline: Baseline,
  now: ReadonlySet<string>,
  scanned: ReadonlySet<string>,
): readonly BaselineFinding[] {
  if (baseline.kind !== 'found') return [];
  return [...baseline.findings.values()].filter(
    (before) => scanned.has(before.class) && !now.has(before.fingerprint),
  );
}
