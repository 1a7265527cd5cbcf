import { ShiplockError } from '../errors';

/** One command line that a POSIX shell splits back into exactly argv. Refuses what no argument can carry: NUL and broken UTF-16. */
export function quote(argv: readonly string[]): string {
  if (argv.length === 0) throw new ShiplockError('A command without words', { fault: 'bug' });
  return argv.map(quoteWord).join(' ');
}

const quotedQuote = `'\\''`;

/**
 * The same for any login shell: they differ in what a backslash (fish), a line break or an exclamation mark (csh) is between
 * single quotes. So a line with one of them travels without them, and POSIX `sh` puts it together again.
 */
export function loginShellLine(argv: readonly string[]): string {
  const line = quote(argv);
  if (!/[\\!\n]/.test(line.replaceAll(quotedQuote, ''))) return line;
  const encoded = line.replaceAll(
    /[\\!'\n]/g,
    (sign) => `\\0${sign.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return `exec sh -c 'eval "exec $(printf %b "$0")"' '${encoded}'`;
}

/**
 * The argv of a shell script with its arguments in `$1`, `$2` …; stdin stays free. The text is seen in the process
 * list, as the arguments are: no secrets in either.
 */
export function script(text: string, args: readonly string[] = []): string[] {
  return ['sh', '-c', text, 'sh', ...args];
}

/** Every word is quoted, also harmless ones: that rules out aliases, keywords and assignments in the first place. */
function quoteWord(word: string): string {
  if (word.includes('\0')) {
    throw new ShiplockError('A command argument holds a NUL character', {
      hint: 'Look for a binary value in the inputs or the config file.',
      fault: 'user',
    });
  }
  if (/\p{Surrogate}/u.test(word)) {
    throw new ShiplockError('A command argument is not valid text', {
      hint: 'It holds half of a UTF-16 pair, which would be sent as another character.',
      fault: 'user',
    });
  }
  return `'${word.replaceAll("'", quotedQuote)}'`;
}
