const part = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g;
const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** Whole milliseconds of a duration as Compose prints it (`1m30s`, `1h0m0s`, `1.5s`, `0`); undefined for anything else. */
export function parseGoDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const parts = [...text.matchAll(part)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text) return undefined;
  const totalMs = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? 0),
    0,
  );
  return Math.round(totalMs);
}

/** Milliseconds as Compose reads them, in whole or broken seconds: 1500 → `1.5s`. */
export function formatGrace(ms: number): string {
  return `${ms / 1_000}s`;
}
