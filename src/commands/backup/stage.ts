import { script } from '../shell';

/**
 * A tool's argv as one stage. It runs with umask 077 and holds the folder of the backup (`$1`/held, shared) for as long as it
 * runs, so that nobody clears the folder under it, and can be found by that. What it reads and writes are files of the folder; its stderr is cut there.
 */
export function stageArgv(
  folder: string,
  argv: readonly string[],
  {
    from,
    to,
    joined = false,
  }: {
    readonly from?: string | undefined;
    readonly to?: string | undefined;
    /** What comes on stdin goes ahead of the file. A file that breaks off is told by the tool: it misses the rest. */
    readonly joined?: boolean;
  },
): readonly string[] {
  const input = from === undefined || joined ? '' : ' <"$from"';
  const ahead = joined ? '{ cat; exec cat "$from"; } | ' : '';
  const output = to === undefined ? '' : ' >"$to"';
  const text = `umask 077
folder=$1 from=$1/$2 to=$1/$3; shift 3
exec 9>>"$folder/held"; flock -s 9
${ahead}exec "$@"${input}${output}`;
  return script(text, [folder, from ?? '', to ?? '', ...argv]);
}

/** The argv with a secret in its environment, which it reads from the first line of its stdin; the rest of stdin stays its own. */
export function withSecret(name: string, argv: readonly string[]): readonly string[] {
  return script(`IFS= read -r ${name} || exit 90; export ${name}; exec "$@"`, argv);
}

/** Lines in which servers and their clients repeat the data that they choke on. */
const withData =
  /^\s*(DETAIL|CONTEXT|QUERY|STATEMENT|HINT|LINE \d+|Command was)\b|Failing row contains|^COPY .*line \d+/i;

/** What may be shown of a tool's complaint: two lines of 200 characters, none of those that repeat data. */
export function firstWords(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !withData.test(line));
  return lines
    .slice(0, 2)
    .map((line) => (line.length > 200 ? `${line.slice(0, 199)}…` : line))
    .join('\n');
}
