import { quote } from '../shell';

/** What happens while containers stand still. */
export interface Standstill {
  readonly docker: readonly string[];
  /** Containers that are stopped, and started again. */
  readonly containers: readonly string[];
  /**
   * Argv on the host, in order: data changes places. Each can run again when it was cut off on its way, and ends with 4 when it has
   * changed nothing.
   */
  readonly steps: readonly (readonly string[])[];
  /** Argv on the host: removes what was put beside the data. */
  readonly clear: readonly (readonly string[])[];
}

/** Its name in the folder of the backup. */
export const unfinishedFile = 'unfinished-restore.sh';

/**
 * A script that does all of it, whatever becomes of whoever has started it. It is a file, `$0`, and removes itself at the end: one that is
 * still there was cut off, and does what is left when it runs again. Where that fails nobody is started: he would work with half of the data.
 */
export function standstillScript({ docker, containers, steps, clear }: Standstill): string {
  const run = (argv: readonly string[]): string => `${quote(argv)} </dev/null`;
  const ids = quote(['', ...containers]).slice(2);
  return `#!/bin/sh
# A restore had containers stand still, and did not come to its end: this ends it.
exec 8<"$0" && flock 8 || exit 1
[ -e "$0" ] || exit 0
again=; [ ! -e "$0.begun" ] || again=yes
engine() { ${quote(docker)} "$@"; }
gone() { left=$(engine ps --all --quiet --filter "id=$id") && [ -z "$left" ]; }
work() {
  for id in${ids}; do
    engine stop "$id" || gone || return 4
  done
  : >"$0.begun" || return 4
${steps.map((argv) => `  ${run(argv)} || return`).join('\n')}
}
end() {
${clear.map((argv) => `  ${run(argv)}`).join('\n')}
  failed=0
  for id in${ids}; do engine start "$id" || gone || failed=1; done
  rm -f -- "$0" "$0.begun"
  return "$failed"
}
work >"$0.said" 2>&1
code=$?
case $again$code in
  0 | yes0) end >>"$0.said" 2>&1 || code=3 ;;
  4 | 125 | 126 | 127) end >>"$0.said" 2>&1 ;;
esac
[ "$code" -eq 0 ] || cat -- "$0.said" >&2
rm -f -- "$0.said"
exit "$code"
`;
}

/** Prints the files that restores have left which were cut off. `$1` base. */
export const unfinishedScript = `for file in "$1"/backups/*/${unfinishedFile}; do [ ! -f "$file" ] || printf '%s\\n' "$file"; done`;
