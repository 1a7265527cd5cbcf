import { ShiplockError } from '../errors';

/** One command line that a POSIX shell splits back into exactly argv. Refuses what no argument can carry: NUL and broken UTF-16. */
export function quote(argv: readonly string[]): string {
  if (argv.length === 0) throw new ShiplockError('A command without words', { fault: 'bug' });
  return argv.map(quoteWord).join(' ');
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
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
