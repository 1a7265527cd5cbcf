import type { Severity } from '../../domain/scan/finding';

const words: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  moderate: 'medium',
  low: 'low',
  negligible: 'low',
  info: 'low',
};

/** The severity that a tool's word means. */
export function severityOf(word: string): Severity {
  const name = word.toLowerCase();
  return Object.hasOwn(words, name) ? (words[name] ?? 'unknown') : 'unknown';
}

/** The qualitative scale of CVSS 3.1, section 5. */
export function severityOfScore(score: number): Severity {
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  return score > 0 ? 'low' : 'unknown';
}
