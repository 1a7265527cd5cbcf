/** Lines of one file, of one commit where it is of a history. */
export interface FileAdditions {
  /** Full id; empty where there is no history. */
  readonly commit: string;
  readonly path: string;
  /** By their number in the file, ascending. */
  readonly lines: ReadonlyMap<number, string>;
}

/** Lines that a tool would not look at by itself, in a file that it does look at. */
export interface Excerpt extends FileAdditions {
  /** Path below the folder of all excerpts. */
  readonly name: string;
  /** `comment`: only lines with a comment that hides them count; the tool saw the others by itself. */
  readonly counts: 'all' | 'comment';
}

/** Comments by which the scanned code tells a scanner to pass over a line. */
export const hidingComments = ['trufflehog:ignore', 'gitleaks:allow', 'betterleaks:allow'] as const;

const hidingComment = new RegExp(hidingComments.join('|'), 'g');

/** The comment of a line that hides it from scanners; null = there is none. */
export const commentOf = (line: string): string | null => line.match(hidingComment)?.[0] ?? null;

/** Gives additions names of files, with the path in it: scanners go by names too. */
export function excerptsOf(
  additions: readonly FileAdditions[],
  counts: Excerpt['counts'],
  firstNumber: number,
): readonly Excerpt[] {
  return additions.map((one, index) => ({
    ...one,
    name: `${firstNumber + index}/${inside(one.path)}`,
    counts,
  }));
}

/** A path that stays where it is put, and means nothing to git. */
function inside(path: string): string {
  const parts = path.split('/').filter((part) => part !== '');
  return parts.map((part) => (/^(?:\.{1,2}|\.git)$/i.test(part) ? `_${part}` : part)).join('/');
}

/** The lines in their places, with nothing that hides them. */
export function excerptText({ lines }: FileAdditions): string {
  const text: string[] = [];
  for (const [number, line] of lines) text[number - 1] = withoutComments(line);
  return `${Array.from(text, (line: string | undefined) => line ?? '').join('\n')}\n`;
}

/** As long as it was, so that columns stay. */
export const withoutComments = (text: string): string =>
  text.replaceAll(hidingComment, (comment) => ' '.repeat(comment.length));
