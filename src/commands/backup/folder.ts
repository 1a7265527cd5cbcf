import { readRoom, roomHelper } from '../free-room';
import { unfinishedFile } from './standstill';
import { readSections, sectionHelpers } from '../remote-script';
import type { FreeRoom } from '../../domain/release/free-room';
import { endFunctions } from './end-work';

/** What the scripts below end with when another backup of the app runs. */
export const lockedExit = 75;

/** Manifests that are there, and the machine. `$1` base, `$2` the folder of Docker's data ('' = none). */
export const shelfScript = `${sectionHelpers}${roomHelper}
say machine "$(cat /etc/machine-id 2>/dev/null)"
for tool in sha256sum flock sync wc; do command -v "$tool" >/dev/null 2>&1 || say missing "$tool"; done
room "$1/backups"
[ -z "$2" ] || { near=$2; [ -d "$near" ] || near=/var/lib; room "$near"; }
for file in "$1"/backups/*/manifest.json; do [ -f "$file" ] && put manifest <"$file"; done
for file in "$1"/backups/*/${unfinishedFile}; do [ -f "$file" ] && say unfinished "$file"; done
exit 0
`;

/** What the look at the shelf of backups brought. */
export interface ShelfLook {
  /** null = the machine has none. */
  readonly machineId: string | null;
  readonly missingTools: readonly string[];
  readonly manifests: readonly string[];
  /** Files that end a restore which was cut off. */
  readonly unfinished: readonly string[];
  /** Of the backups' folder, then of Docker's data. */
  readonly rooms: readonly FreeRoom[];
}

/** Reads what that script prints. */
export function parseShelf(output: string): ShelfLook {
  const sections = readSections(output);
  const machine = sections.get('machine')?.[0]?.trim() ?? '';
  return {
    machineId: machine === '' ? null : machine,
    missingTools: sections.get('missing') ?? [],
    manifests: sections.get('manifest') ?? [],
    unfinished: sections.get('unfinished') ?? [],
    rooms: (sections.get('room') ?? []).map(readRoom),
  };
}

/**
 * Ends what still writes into the folder of a backup that failed, and removes it. It gets another name first: what is only about to
 * begin finds no folder then, and cannot put a file into one that is just being removed.
 */
const discardFunction = `${endFunctions}discard() {
  [ -d "$1" ] || return 0
  made=$1 gone=\${1%/*}/.partial-gone-\${1##*/.partial-}; shift
  mv "$made" "$gone" || return 1
  end_in "$gone"
  end_work "$@"
  ( exec 8>>"$gone/held"; flock -w 10 8 && rm -rf "$gone" )
}
`;

/** Ends a backup that failed, and removes its folder \`$1\`; the rest as \`endWords\` gives it. */
export const discardScript = `${discardFunction}discard "$@"`;

/**
 * Holds the lock of an app's backups until it is told `over`. A stdin that ends without that is a runner that is gone: then what it
 * began is ended here, as nobody else will. `$1` base, `$2` who, the rest as `endWords` gives it. Prints `held`.
 */
export const holdScript = `${discardFunction}umask 077
mkdir -p "$1/backups" || exit 1
exec 9>>"$1/backups/lock"
flock -n 9 || { cat "$1/backups/lock.holder" >&2 2>/dev/null; exit ${lockedExit}; }
printf '%s\\n' "$2" >"$1/backups/lock.holder"
echo held
while IFS= read -r line; do [ "$line" != over ] || exit 0; done
[ $# -gt 2 ] || exit 0
folder=$1/backups; shift 2
for old in "$folder"/.partial-[0-9]*; do discard "$old" "$@"; done
end_work "$@"
`;

/**
 * Clears what dead runs left, unless a program of theirs still holds it, takes the next number and makes the folder of a new
 * backup. `$1` base, `$2` the rest of the name. Prints the id. Under the lock.
 */
export const beginScript = `set -eu
umask 077
cd "$1/backups"
for old in .partial-*; do
  [ -d "$old" ] || continue
  ( exec 8>>"$old/held"; flock -n 8 || { echo "left $old" >&2; exit 0; }; rm -rf "$old" )
done
last=$(cat sequence 2>/dev/null || echo 0)
case $last in '' | *[!0-9]*) last=0 ;; esac
# The folders know better than a file that was lost or put back.
for name in [0-9]*-* .partial-[0-9]*-*; do
  number=\${name#.partial-}; number=\${number%%-*}
  case $number in '' | *[!0-9]*) continue ;; esac
  [ "$number" -le "$last" ] || last=$number
done
next=$((last + 1))
printf '%s\\n' "$next" >sequence.new
sync sequence.new 2>/dev/null || sync
mv -f sequence.new sequence
mkdir ".partial-$next-$2"
echo "$next-$2"
`;

/** Bytes and SHA-256 of files. `$1` folder, `$2…` names; a line each, as \`sha256 bytes name\`. */
export const hashScript = `set -eu
cd "$1"; shift
for file in "$@"; do
  sum=$(sha256sum <"$file"); bytes=$(wc -c <"$file")
  echo "\${sum%% *} $((bytes)) $file"
done
`;

/** Reads what that script prints, by name. */
export function parseHashes(
  output: string,
): ReadonlyMap<string, { readonly sha256: string; readonly bytes: number }> {
  const rows = [...output.matchAll(/^([0-9a-f]{64}) (\d+) (.+)$/gm)];
  return new Map(
    rows.map(([, sha256 = '', bytes, name = '']) => [name, { sha256, bytes: Number(bytes) }]),
  );
}

/**
 * Publishes: all files and then the manifest (stdin) onto the disk, then the name by one rename, then the folder.
 * `$1` backups folder, `$2` id.
 */
export const publishScript = `set -eu
umask 077
cd "$1"
keep() { sync "$@" 2>/dev/null || sync; }
[ ! -e "$2" ] || { echo "$2 is there already" >&2; exit 1; }
cat >".partial-$2/manifest.new"
[ -s ".partial-$2/manifest.new" ]
rm -f ".partial-$2/held"
mv ".partial-$2/manifest.new" ".partial-$2/manifest.json"
keep ".partial-$2"/* ".partial-$2"
mv ".partial-$2" "$2"
keep .
`;

/** Puts another manifest (stdin) in the place of a published one. `$1` folder of the backup. */
export const remarkScript = `set -eu
umask 077
cd "$1"
[ -f manifest.json ]
cat >manifest.new
[ -s manifest.new ]
keep() { sync "$@" 2>/dev/null || sync; }
keep manifest.new
mv -f manifest.new manifest.json
keep .
`;

/** A backup whose bytes are not what they were is none any more; its files stay for people. \`$1\` its folder. */
export const disownScript = 'mv -f "$1/manifest.json" "$1/manifest.damaged.json"';

/** Ends what works with a backup that is being restored: every process that holds its folder. `$1` folder. */
export const endStagesScript = `for each in /proc/[0-9]*; do
  [ ! "$each/fd/9" -ef "$1/held" ] || kill "\${each#/proc/}"
done 2>/dev/null`;
