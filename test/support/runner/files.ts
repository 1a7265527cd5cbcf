// What the runner makes of the files that GITHUB_OUTPUT, GITHUB_ENV, GITHUB_STATE, GITHUB_PATH and GITHUB_STEP_SUMMARY name.

/** Pairs up to the first line that the runner refuses; `problem` is null when it took the whole file. */
export interface FilePairs {
  readonly pairs: readonly (readonly [name: string, value: string])[];
  readonly problem: string | null;
}

/** Reads `name=value` lines and `name<<DELIMITER` blocks; whichever of `=` and `<<` comes first decides. */
export function readPairs(text: string): FilePairs {
  const pairs: (readonly [string, string])[] = [];
  const refuse = (problem: string): FilePairs => ({ pairs, problem });
  let rest = text;
  while (rest !== '') {
    const [line, after] = cutLine(rest);
    rest = after;
    const [equals, heredoc] = [line.indexOf('='), line.indexOf('<<')];
    if (line === '') continue;
    if (heredoc >= 0 && (equals < 0 || heredoc < equals)) {
      const [name, delimiter] = [line.slice(0, heredoc), line.slice(heredoc + 2)];
      if (name === '' || delimiter === '') return refuse(`Invalid format '${line}'`);
      const block = cutBlock(rest, delimiter);
      if (block === null) return refuse(`Matching delimiter not found '${delimiter}'`);
      pairs.push([name, block.value]);
      rest = block.rest;
    } else if (equals > 0) {
      pairs.push([line.slice(0, equals), line.slice(equals + 1)]);
    } else {
      return refuse(`Invalid format '${line}'`);
    }
  }
  return { pairs, problem: null };
}

// Only a line feed ends a line here: on Linux a carriage return stays part of the value.
function cutLine(text: string): readonly [line: string, rest: string] {
  const end = text.indexOf('\n');
  return end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end + 1)];
}

/** The text before the line that is the delimiter, without its last line feed; null when no such line follows. */
function cutBlock(text: string, delimiter: string): { value: string; rest: string } | null {
  for (let start = 0; start < text.length;) {
    const [line, rest] = cutLine(text.slice(start));
    if (line === delimiter) return { value: text.slice(0, Math.max(0, start - 1)), rest };
    start += line.length + 1;
  }
  return null;
}

/** Folders to put before PATH, the last one first. */
export function readPaths(text: string): readonly string[] {
  return text
    .split(/\r\n|\n|\r/)
    .filter((line) => line !== '')
    .reverse();
}

const summaryLimitBytes = 1024 * 1024;

/** Null when GitHub would not show the summary, because it is over 1 MiB. */
export function readSummary(text: string): string | null {
  return Buffer.byteLength(text) > summaryLimitBytes ? null : text;
}
