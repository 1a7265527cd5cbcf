import { readSections, sectionHelpers } from './remote-script';

/** What the host makes of the team's compose files, and what lies in the proxy's configuration folder. */
export interface Evaluation {
  /** Output of `docker compose config --format json`; null when it failed. */
  readonly document: string | null;
  /** What Compose said on stderr: warnings, or the reason of the failure. */
  readonly said: string;
  /** Why the folder for the compose files could not be made or filled; '' = it could. */
  readonly obstacle: string;
  /** What Compose said of its version; '' = there is none, null = it was not asked. */
  readonly composeVersion: string | null;
  readonly directoryExists: boolean;
  readonly include: string | null;
  /** Files of other apps and environments in the folder of a Caddy. */
  readonly others: readonly string[];
  readonly managed: boolean;
  readonly green: boolean;
  readonly configDirWritable: boolean;
  /** The proxy's configuration folder without symbolic links; '' = it is not there. */
  readonly configReal: string;
  /** What is wrong with it, or with our folder in it: kind and path. */
  readonly folderFaults: readonly FolderFault[];
}

/** `blocked` no folder · `hidden` not ours to look into · `readonly` not ours to write · `closed` others may not enter it. */
export interface FolderFault {
  readonly kind: 'blocked' | 'hidden' | 'readonly' | 'closed';
  readonly path: string;
}

/** Below the work folder: the host as Compose is to see it, from its root on, and what is asked beside the team's files. */
export const evaluationPaths = { host: 'host', asked: 'asked.yml' } as const;

/**
 * Read-only: unpacks the compose files from stdin (tar) into a folder that is gone afterwards, and evaluates them on the
 * host, where `.env`, env files and bind mounts are. `$1` that folder (it must not exist: nobody else may have made it),
 * `$2` project directory, `$3` the proxy's configuration folder, `$4` the name of our file in it (without its
 * extension that of the markers' folder), `$5` the command line that prints Compose's version, `$6…` the command.
 * Compose looks for includes, extended files and env files beside the project, wherever the file that names them is: so
 * in `$1/host` the project directory is made once more, the uploaded files in their places, and links to the host's own
 * files for all the rest. Paths in the output begin with `$1/host`; the caller takes that off.
 */
export const evaluateScript = `${sectionHelpers}
umask 077
work=$1 directory=$2 config=$3 include=$3/$4 markers=$3/\${4%.*} version=$5; shift 5
ready=no
if said=$(mkdir "$work" 2>&1); then
  trap 'rm -rf "$work"' EXIT
  if said=$(tar -xf - -C "$work" 2>&1); then ready=yes; fi
fi
[ "$ready" = yes ] || say obstacle "$said"
near=$config; while [ ! -e "$near" ]; do near=$(dirname "$near"); done
[ -w "$near" ] && say config-writable yes
[ -d "$config" ] && say config-real "$(readlink -f "$config")"
for folder in "$config" "$markers"; do
  [ -e "$folder" ] || continue
  if [ ! -d "$folder" ]; then say blocked "$folder"; continue; fi
  if [ ! -r "$folder" ] || [ ! -x "$folder" ]; then say hidden "$folder"; continue; fi
  [ -w "$folder" ] || say readonly "$folder"
  case $(ls -ldL "$folder" | cut -c10) in x|t) ;; *) say closed "$folder" ;; esac
done
[ -f "$include" ] && put include <"$include"
case $include in *.caddy)
  for other in "$config"/*.caddy; do [ "$other" = "$include" ] || [ ! -f "$other" ] || put other <"$other"; done
esac
[ -e "$markers/managed" ] && say managed yes
[ -e "$markers/green" ] && say green yes
[ -d "$directory" ] || exit 0
say directory yes
[ "$ready" = yes ] || exit 0
host=$work/${evaluationPaths.host}
fill() {
  for inner in "$host$1"/*/ "$host$1"/.[!.]*/; do
    inner=\${inner%/}
    [ ! -d "$inner" ] || [ -L "$inner" ] || fill "\${inner#"$host"}"
  done
  ln -s "$1"/* "$1"/.[!.]* "$host$1/" 2>/dev/null
}
if [ -d "$host" ]; then
  fill ''
  ln -s "$directory/.env" "$host$directory/.env" 2>/dev/null
  cd "$host$directory" || exit 1
fi
{ version=$(eval "$version" 2>/dev/null) || version=; say version "$version"; } &
# Not by way of a file: on a full disk a document would end before its end.
if document=$("$@" 2>"$work/.err"); then found=yes; else found=no; fi
wait
[ "$found" = no ] || say document "$document"
put said <"$work/.err"
exit 0
`;

const faultKinds = ['blocked', 'hidden', 'readonly', 'closed'] as const;

/** Reads the output of the evaluation, in which `root` stands before every path of the host. */
export function parseEvaluation(output: string, root: string): Evaluation {
  const sections = readSections(output);
  const one = (name: string): string | null => sections.get(name)?.[0] ?? null;
  return {
    document: one('document')?.replaceAll(root, '') ?? null,
    said: (one('said') ?? '').trim().replaceAll(root, ''),
    composeVersion: one('version')?.trim() ?? null,
    obstacle: (one('obstacle') ?? '').trim(),
    directoryExists: sections.has('directory'),
    include: one('include'),
    others: sections.get('other') ?? [],
    managed: sections.has('managed'),
    green: sections.has('green'),
    configDirWritable: sections.has('config-writable'),
    configReal: one('config-real') ?? '',
    folderFaults: faultKinds.flatMap((kind) =>
      (sections.get(kind) ?? []).map((path) => ({ kind, path })),
    ),
  };
}
