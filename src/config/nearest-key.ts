/** Letters to insert, delete, replace or swap to turn one word into the other. */
export function editDistance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Infinity;
  for (let row = 1; row <= from.length; row += 1) {
    rows.push([row]);
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const costs = [
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + (same ? 0 : 1),
        swapped ? at(row - 2, column - 2) + 1 : Infinity,
      ];
      rows[row]?.push(Math.min(...costs));
    }
  }
  return at(from.length, to.length);
}

/** The known key that was probably meant; undefined when none is near (a third of its letters, at least two). */
export function nearestKey(key: string, known: readonly string[]): string | undefined {
  const plain = (word: string): string => word.toLowerCase().replaceAll('_', '-');
  const ranked = known
    .map((name) => ({ name, distance: editDistance(plain(key), plain(name)) }))
    .filter(({ name, distance }) => distance <= Math.max(2, Math.floor(name.length / 3)))
    .filter(({ name, distance }) => distance < name.length)
    .sort((one, other) => one.distance - other.distance);
  return ranked[0]?.name;
}
