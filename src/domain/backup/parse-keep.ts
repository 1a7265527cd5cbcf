import type { KeepRule } from './keep-rule';

/** The form that `parseKeep` reads, for messages. */
export const keepFormat =
  'a number of backups, or rules such as `last 7, daily 14, weekly 8, monthly 12`';

const rule = /^(last|daily|weekly|monthly)[ =:]+(\d{1,5})$/;

/** Reads `7`, or `last 7, daily 14, weekly 8, monthly 12` in any order (commas or lines); null when it is neither, or would keep nothing. */
export function parseKeep(text: string, days: number): KeepRule | null {
  const counts = new Map<string, number>();
  const words = text.split(/[,\n]/).map((word) => word.trim());
  for (const word of words.filter((one) => one !== '')) {
    const [, name, count] = rule.exec(/^\d{1,5}$/.test(word) ? `last ${word}` : word) ?? [];
    if (name === undefined || counts.has(name)) return null;
    counts.set(name, Number(count));
  }
  const read = { last: 0, daily: 0, weekly: 0, monthly: 0, ...Object.fromEntries(counts), days };
  return Object.values(read).some((count) => count > 0) ? read : null;
}
