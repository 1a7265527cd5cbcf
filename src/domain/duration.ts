const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** Longer than a week is a slip of the pen, and near it timers overflow at 24.8 days. */
const longestMs = 7 * 24 * unitMs.h;

/** What to write where a duration is wanted; the fix in every message about one. */
export const durationFormat = 'Write a whole number with a unit, like 500ms, 30s, 2m or 1h30m.';

/** Milliseconds of `500ms`, `30s`, `2m`, `1h30m`; undefined for anything else and for more than a week. */
export function parseDuration(text: string): number | undefined {
  const match = /^(?:(\d{1,6})h)?(?:(\d{1,6})m(?!s))?(?:(\d{1,6})s)?(?:(\d{1,9})ms)?$/.exec(
    text.trim(),
  );
  if (match === null || match[0] === '') return undefined;
  const [, hours = 0, minutes = 0, seconds = 0, rest = 0] = match;
  const totalMs =
    Number(hours) * unitMs.h +
    Number(minutes) * unitMs.m +
    Number(seconds) * unitMs.s +
    Number(rest);
  return totalMs <= longestMs ? totalMs : undefined;
}

/** For people: `0.4 s`, `12.0 s`, `2 min 5 s`, `1 h 30 min`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < unitMs.m - 50) return `${(durationMs / unitMs.s).toFixed(1)} s`;
  const seconds = Math.round(durationMs / unitMs.s);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const parts = hours > 0 ? [hours, 'h', minutes, 'min'] : [minutes, 'min', seconds % 60, 's'];
  return parts.join(' ');
}
