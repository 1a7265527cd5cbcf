// What a terminal would obey: CSI, OSC and device strings, and two-byte escapes. An unended string loses its escape only.
const escapeSequences =
  // eslint-disable-next-line no-control-regex -- control characters are what this one is about
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b\n]*(?:\u0007|\u001b\\)|\u001b[ -/]*[0-~]?/g;
const lineEnds = /\r\n?|[\u0085\u2028\u2029]/g;
// Left: tab and newline. Direction and invisible marks could make a line read as something else.
const controls = /(?![\t\n])\p{Cc}|[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;
const shortened = '…';

/** Remote text without escape sequences, control and invisible direction characters; every kind of line end becomes `\n`. */
export function neutral(text: string): string {
  return text.replace(escapeSequences, '').replace(lineEnds, '\n').replace(controls, '');
}

/** At most `max` characters, the last one an ellipsis when something was cut; never half a surrogate pair. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  return text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '') + shortened;
}

/** Remote text as one line of at most `max` characters. */
export function singleLine(text: string, max: number): string {
  // Cut generously first: cleaning megabytes that nobody will see takes time.
  const line = neutral(text.slice(0, max * 3)).replace(/\s+/g, ' ');
  return clip(line.trim(), max);
}

/** The last `count` lines of remote output, each at most `max` characters; empty lines at the end do not count. */
export function lastLines(lines: readonly string[], count: number, max: number): string[] {
  const tail = lines.slice(-count).flatMap((line) =>
    neutral(line.slice(0, max * 3))
      .replace(/\n+$/, '')
      .split('\n'),
  );
  while (tail.at(-1)?.trim() === '') tail.pop();
  return tail.slice(-count).map((line) => clip(line, max));
}

/** A line for the runner's log that it cannot take for a workflow command, wherever in the line the text ends up. */
export function logSafe(line: string): string {
  // `::name::` counts only at a line's start, the older `##[name]` anywhere (actions/runner, ActionCommand.cs).
  return line.replace(/^(\s*):(?=:)/, '$1: ').replaceAll('##[', '## [');
}
