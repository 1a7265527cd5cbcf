import { clip, lastLines, neutral, singleLine } from './neutral';

const absent = '–';

/** Text of any origin as inline code that stays inline code, also in a table; nothing in it is markup, a mention or a link. */
export function code(text: string, max = 200): string {
  const line = singleLine(text, max);
  if (line === '') return absent;
  // A code span cannot hold a backtick simply, and in a table neither a bar nor a backslash before one.
  return /[`|\\]/.test(line) ? `<code>${entities(line)}</code>` : `\`${line}\``;
}

/**
 * A sentence of ours that may quote remote text: `code` in backticks stays code, all else is inert text; newlines become
 * line breaks. It must not stand first in a line, where a list or a heading could start.
 */
export function prose(text: string, max = 2000): string {
  return clip(neutral(text.slice(0, max * 8)).trim(), max)
    .split('\n')
    .map(proseLine)
    .join('<br>');
}

function proseLine(line: string): string {
  return line
    .trim()
    .split(/(`[^`]+`)/)
    .map((part) => (/^`[^`]+`$/.test(part) ? code(part.slice(1, -1), part.length) : inert(part)))
    .join('');
}

// Markup; mentions, issue numbers, emoji names, links, formulas.
const active =
  /@(?=\w)|#(?=\d)|:(?=[a-z+-][\w+-]*:)|\bGH-(?=\d)|(?<=\bwww)\.|:(?=\/\/)|\$|[\\`*_[\]<>|~&]/giu;

function inert(text: string): string {
  return text.replace(active, (found, at: number) => {
    if (found === '$') return '<span>$</span>'; // GitHub's own way to write one that starts no formula
    const link = found === '.' || text.startsWith('//', at + 1);
    // GitHub looks for mentions and the like after entities are decoded: only a zero-width space breaks them.
    if (!link && /^(?:[@#:]|gh-)$/i.test(found)) return `${found}\u200b`;
    return entities(found);
  });
}

function entities(text: string): string {
  return text.replace(
    /[^\p{L}\p{N}\s]/gu,
    (char) => `&#${char.codePointAt(0) ?? 0xfffd};${char === '@' ? '<wbr>' : ''}`,
  );
}

/** The last lines of remote output as a code block that its content cannot close. */
export function fence(lines: readonly string[], count: number, max = 500): string {
  return fenced(lastLines(lines, count, max).join('\n'), 'text');
}

/** Text of ours as a code block of a language; the fence is longer than any run of backticks inside. */
export function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const bar = '`'.repeat(longest + 1);
  return `${bar}${language}\n${text}\n${bar}`;
}

/** A table of cells that are markdown already, each made by `code` or `prose` or a word of ours. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => (cell === '' ? absent : cell)).join(' | ')} |`;
  return [`| ${header.join(' | ')} |`, line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A part that is folded up at first; `title` is markdown-free text of ours. */
export function folded(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}

/** The bytes that a text takes in a file. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
