/** Lines that stay around a change. */
const context = 2;
/** Comparing takes memory in the product of both lengths: longer texts are told as one whole change. */
const mostLines = 2000;

/**
 * Compares two texts line by line, as in a unified diff: `- ` gone, `+ ` new, two blanks the same, `…` where same lines
 * are left out. Empty = they are equal.
 */
export function diffLines(before: readonly string[], after: readonly string[]): readonly string[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let [endBefore, endAfter] = [before.length, after.length];
  while (endBefore > start && endAfter > start && before[endBefore - 1] === after[endAfter - 1]) {
    endBefore--;
    endAfter--;
  }
  if (endBefore === start && endAfter === start) return [];
  const gone = before.slice(start, endBefore);
  const come = after.slice(start, endAfter);
  const changed =
    gone.length > mostLines || come.length > mostLines ? replaced(gone, come) : aligned(gone, come);
  const same = (line: string): string => `  ${line}`;
  return shortened([
    ...before.slice(0, start).map(same),
    ...changed,
    ...before.slice(endBefore).map(same),
  ]);
}

function replaced(gone: readonly string[], come: readonly string[]): string[] {
  return [...gone.map((line) => `- ${line}`), ...come.map((line) => `+ ${line}`)];
}

/** By the longest sequence that both have in common. */
function aligned(gone: readonly string[], come: readonly string[]): string[] {
  const rows = commonLengths(gone, come);
  const at = (i: number, j: number): number => rows[i]?.[j] ?? 0;
  const result: string[] = [];
  let [i, j] = [0, 0];
  while (i < gone.length || j < come.length) {
    const [one, other] = [gone[i], come[j]];
    if (one !== undefined && one === other) {
      result.push(`  ${one}`);
      i++;
      j++;
    } else if (one !== undefined && (other === undefined || at(i + 1, j) >= at(i, j + 1))) {
      result.push(`- ${one}`);
      i++;
    } else {
      result.push(`+ ${other ?? ''}`);
      j++;
    }
  }
  return result;
}

/** Length of the longest common sequence of the rest from (i, j) on. */
function commonLengths(gone: readonly string[], come: readonly string[]): readonly Uint16Array[] {
  const rows = Array.from({ length: gone.length + 1 }, () => new Uint16Array(come.length + 1));
  for (let i = gone.length - 1; i >= 0; i--) {
    for (let j = come.length - 1; j >= 0; j--) {
      const [row, next] = [rows[i], rows[i + 1]];
      if (row === undefined || next === undefined) continue;
      row[j] =
        gone[i] === come[j] ? (next[j + 1] ?? 0) + 1 : Math.max(next[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return rows;
}

function shortened(lines: readonly string[]): string[] {
  const near = lines.map((_, index) =>
    lines
      .slice(Math.max(0, index - context), index + context + 1)
      .some((line) => !line.startsWith('  ')),
  );
  return lines.flatMap((line, index) => {
    if (near[index] === true) return [line];
    return index === 0 || near[index - 1] === true ? ['…'] : [];
  });
}
