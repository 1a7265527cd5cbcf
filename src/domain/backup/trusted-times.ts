/**
 * When backups were made, told by their order as well as by the clock: `inOrder` is oldest first. Times that the order contradicts
 * (a clock that was set back, or was ahead for a while) are replaced by that of the backup before, or else after. The fewest possible
 * are: what remains is the longest row of times that only grow.
 */
export function trustedTimes(inOrder: readonly { readonly endedAt: number }[]): readonly number[] {
  const times = inOrder.map(({ endedAt }) => endedAt);
  const trusted = longestRise(times);
  let before = times[trusted[0] ?? 0] ?? 0;
  const sound = new Set(trusted);
  return times.map((time, index) => {
    if (sound.has(index)) before = time;
    return before;
  });
}

/** Indices of the longest subsequence that never falls. */
function longestRise(values: readonly number[]): readonly number[] {
  const rows: (readonly number[])[] = [];
  values.forEach((value, index) => {
    const before = rows
      .filter((row) => (values[row.at(-1) ?? 0] ?? 0) <= value)
      .reduce<readonly number[]>((best, row) => (row.length > best.length ? row : best), []);
    rows.push([...before, index]);
  });
  return rows.reduce<readonly number[]>((best, row) => (row.length > best.length ? row : best), []);
}
