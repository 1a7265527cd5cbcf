import type { FileAdditions } from '../domain/scan/excerpt';

interface Hunk {
  /** Lines of each parent, and of the file itself, that are still to come. */
  readonly parents: number[];
  rest: number;
  line: number;
}

/**
 * Reads `git log --format='commit %H' --patch`, of one parent or combined (`-c`). One character a byte, as `latin1` decodes:
 * files need not be text. Throws a SyntaxError where it is no such log.
 */
export function parseAdditions(log: string): readonly FileAdditions[] {
  const reader = new PatchReader();
  for (let at = 0; at < log.length;) {
    const end = log.indexOf('\n', at);
    reader.take(log.slice(at, end === -1 ? log.length : end));
    at = end === -1 ? log.length : end + 1;
  }
  return reader.end();
}

class PatchReader {
  private readonly files: FileAdditions[] = [];
  private commit = '';
  private path: string | null = null;
  private lines = new Map<number, string>();
  private hunk: Hunk | null = null;

  take(line: string): void {
    // A line of a file may look like any line of the log: only the numbers in its head say where a hunk ends.
    if (this.hunk !== null && !isOver(this.hunk)) {
      this.takeContent(line, this.hunk);
      return;
    }
    if (line.startsWith('\\ ')) return;
    if (line.startsWith('commit ')) {
      this.close();
      this.commit = line.slice('commit '.length);
    } else if (line.startsWith('diff --')) this.close();
    else if (line.startsWith('+++ ')) this.path = pathOf(line.slice('+++ '.length));
    else if (line.startsWith('@@')) this.hunk = hunkOf(line);
    else if (/^Binary files? /.test(line))
      throw new SyntaxError('a file in it is shown as binary, though all are asked for as text');
  }

  end(): readonly FileAdditions[] {
    if (this.hunk !== null && !isOver(this.hunk)) throw new SyntaxError('it is cut off');
    this.close();
    return this.files;
  }

  private takeContent(line: string, hunk: Hunk): void {
    if (line.startsWith('\\ ')) return;
    const width = hunk.parents.length;
    const signs = line.slice(0, width);
    const gone = signs.includes('-');
    for (const [index, sign] of signs.split('').entries())
      if (gone ? sign === '-' : sign === ' ') hunk.parents[index] = (hunk.parents[index] ?? 0) - 1;
    if (gone) return;
    if (signs === '+'.repeat(width)) this.lines.set(hunk.line, line.slice(width));
    hunk.line += 1;
    hunk.rest -= 1;
  }

  private close(): void {
    const { commit, path, lines } = this;
    if (path !== null && lines.size > 0) this.files.push({ commit, path, lines });
    this.path = null;
    this.lines = new Map();
    this.hunk = null;
  }
}

const isOver = ({ parents, rest }: Hunk): boolean =>
  rest <= 0 && parents.every((count) => count <= 0);

/** `@@ -1,2 +3 @@`, `@@@ -1,2 -1 +3,4 @@@`. */
function hunkOf(head: string): Hunk {
  const [, before = '', start = '', count] =
    /^@@+((?: -\d+(?:,\d+)?)+) \+(\d+)(?:,(\d+))? @@/.exec(head) ?? [];
  if (start === '') throw new SyntaxError('it has a hunk without numbers');
  const parents = before
    .trim()
    .split(' ')
    .map((part) => Number(part.split(',')[1] ?? 1));
  return { parents, rest: Number(count ?? 1), line: Number(start) };
}

/** `b/src/a.env`, quoted where it has signs that would end it; null for no file. */
function pathOf(text: string): string | null {
  if (text === '/dev/null') return null;
  const plain = text.startsWith('"') ? unquoted(text) : text.replace(/\t$/, '');
  return Buffer.from(plain.replace(/^b\//, ''), 'latin1').toString('utf8');
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function unquoted(text: string): string {
  return text
    .slice(1, text.lastIndexOf('"'))
    .replaceAll(/\\([0-7]{3}|.)/g, (_, code: string) =>
      code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (escapes[code] ?? code),
    );
}
