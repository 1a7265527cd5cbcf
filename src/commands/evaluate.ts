import { readSections, sectionHelpers } from './remote-script';

/** What the host makes of the team's compose files, and what lies in the proxy's configuration folder. */
export interface Evaluation {
  /** Output of `docker compose config --format json`; null when it failed. */
  readonly document: string | null;
  /** What Compose said on stderr: warnings, or the reason of the failure. */
  readonly said: string;
  /** Why the folder for the compose files could not be made or filled; '' = it could. */
  readonly obstacle: string;
  readonly directoryExists: boolean;
  readonly include: string | null;
  readonly managed: boolean;
  readonly green: boolean;
  readonly configDirWritable: boolean;
}

/**
 * Read-only: unpacks the compose files from stdin (tar) into a folder that is gone afterwards, and evaluates them on the
 * host, where `.env`, env files and bind mounts are. `$1` that folder (it must not exist: nobody else may have made it),
 * `$2` project directory, `$3` the proxy's configuration folder, `$4` the name of our file in it (without its
 * extension that of the markers' folder), `$5…` the command.
 */
export const evaluateScript = `${sectionHelpers}
umask 077
work=$1 directory=$2 config=$3 include=$3/$4 markers=$3/\${4%.*}; shift 4
ready=no
if said=$(mkdir "$work" 2>&1); then
  trap 'rm -rf "$work"' EXIT
  if said=$(tar -xf - -C "$work" 2>&1); then ready=yes; fi
fi
[ "$ready" = yes ] || say obstacle "$said"
near=$config; while [ ! -e "$near" ]; do near=$(dirname "$near"); done
[ -w "$near" ] && say config-writable yes
[ -f "$include" ] && put include <"$include"
[ -e "$markers/managed" ] && say managed yes
[ -e "$markers/green" ] && say green yes
[ -d "$directory" ] || exit 0
say directory yes
[ "$ready" = yes ] || exit 0
# Not by way of a file: on a full disk a document would end before its end.
if document=$("$@" 2>"$work/.err"); then say document "$document"; fi
put said <"$work/.err"
exit 0
`;

/** Reads the output of the evaluation. */
export function parseEvaluation(output: string): Evaluation {
  const sections = readSections(output);
  const one = (name: string): string | null => sections.get(name)?.[0] ?? null;
  return {
    document: one('document'),
    said: (one('said') ?? '').trim(),
    obstacle: (one('obstacle') ?? '').trim(),
    directoryExists: sections.has('directory'),
    include: one('include'),
    managed: sections.has('managed'),
    green: sections.has('green'),
    configDirWritable: sections.has('config-writable'),
  };
}
