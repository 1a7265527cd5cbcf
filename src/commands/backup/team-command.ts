import { script } from '../shell';

/** dash, the `sh` of Debian and Ubuntu, forgets every exit code of a pipe but the last. */
const strict = `if command -v bash >/dev/null 2>&1; then exec bash -o pipefail -c "$@"; fi
if (set -o pipefail) 2>/dev/null; then set -o pipefail; fi
text=$1; shift 2
eval "$text"`;

/** A command of the team's, run so that a pipe fails with any of its parts. @param args its `$1` … */
export const teamCommand = (text: string, args: readonly string[] = []): readonly string[] =>
  script(strict, [text, 'sh', ...args]);

/** Ends with 0 where a pipe can be made to fail with any of its parts. */
export const canBeStrict: readonly string[] = script(
  'command -v bash >/dev/null 2>&1 || (set -o pipefail) 2>/dev/null',
);

/** Prints the size of a file in bytes. */
export const sizeWords = (path: string): readonly string[] => script('wc -c <"$1"', [path]);
