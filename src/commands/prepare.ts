import { openFolders } from '../domain/compose/sent-files';

/** Exit codes of the prepare script that mean something: the lock was not free in time, or the lease is not what it was. */
export const prepareExit = { busy: 75, leaseMoved: 73 } as const;

/** Waits 5 s at most. The file is never removed or replaced: two holders would fit in. */
const lock = (base: string): string => `exec 9>>"${base}/lock"
tries=0
until flock -n 9; do tries=$((tries + 1)); [ "$tries" -lt 50 ] || exit ${prepareExit.busy}; sleep 0.1; done
`;

/**
 * S2 in one go: takes the lease by compare-and-swap under flock, then puts the uploaded files in their places. Stdin is a
 * tar of `lease.expected` (what was read before; empty = there was none), `lease.next`, `release/…`, `plan.json`,
 * optionally `shared.json`, `keeper.mjs` and `proxy/…`. `$1` base, `$2` deploy id, `$3` release id ('' = none is uploaded),
 * `$4` keeper hash, `$5` the proxy's configuration folder, `$6` the name of our file in it (without its extension
 * that of the markers' folder).
 * Prints `include-changed` when the proxy has yet to read its include.
 */
export const prepareScript = `set -eu
umask 077
base=$1 deploy=$2 release=$3 keeper=$4 config=$5 include=$5/$6 name=\${6%.*}
mkdir -p "$base/releases" "$base/journal" "$base/keeper"
in="$base/.incoming-$deploy"
rm -rf "$in"
mkdir "$in"
trap 'rm -rf "$in"' EXIT
# Whoever takes the lease sweeps: an upload that vanishes has lost.
tar -xf - -C "$in" || { [ -d "$in" ] || exit ${prepareExit.leaseMoved}; exit 1; }
${lock('$base')}[ -f "$base/lease" ] || : >"$base/lease"
cmp -s "$base/lease" "$in/lease.expected" || exit ${prepareExit.leaseMoved}
mv -f "$in/lease.next" "$base/lease"
keep() { sync "$@" 2>/dev/null || sync; }
keep "$base/lease" "$base"
for other in "$base"/.incoming-*; do [ "$other" = "$in" ] || rm -rf "$other" || :; done
to="$base/releases/$release"
# Mounted into containers, whose users are nobody here; the folder around them stays closed.
for open in ${Object.values(openFolders).join(' ')}; do [ ! -d "$in/release/$open" ] || chmod -R go+rX "$in/release/$open"; done
if [ -n "$release" ] && [ -d "$to" ]; then
  # Made anew, file by file: at no instant the release is without a record.
  for file in "$in"/release/*; do
    [ ! -d "$file" ] || rm -rf "$to/\${file##*/}"
    mv -f "$file" "$to/"
  done
elif [ -n "$release" ]; then
  mv "$in/release" "$to"
fi
[ ! -f "$in/shared.json" ] || mv -f "$in/shared.json" "$base/shared.json"
[ ! -f "$in/keeper.mjs" ] || mv -f "$in/keeper.mjs" "$base/keeper/$keeper.mjs"
mv -f "$in/plan.json" "$base/journal/$deploy.plan.json"
if [ -f "$in/proxy/include" ] && ! cmp -s "$in/proxy/include" "$include" && [ ! -f "$base/include.pending" ]; then
  # Before the new one is there: this is what the proxy has read, and can be given back.
  if [ -f "$include" ]; then cp "$include" "$in/before"; mv -f "$in/before" "$base/include.before"
  else rm -f "$base/include.before"; fi
  # Stays until the proxy has read the new one: whoever dies in between leaves that to the next deploy.
  : >"$base/include.pending"
  keep "$base/include.pending" "$base"
fi
umask 022
mkdir -p "$config/$name"
place() {
  cmp -s "$1" "$2" && return 0
  # Not one name for all: another app may be writing the same file.
  cp "$1" "$2.new-$deploy"; chmod 644 "$2.new-$deploy"; mv -f "$2.new-$deploy" "$2"
}
for file in "$in"/proxy/markers/*; do place "$file" "$config/$name/\${file##*/}"; done
[ ! -f "$in/proxy/Caddyfile" ] || place "$in/proxy/Caddyfile" "$config/Caddyfile"
[ ! -f "$in/proxy/include" ] || place "$in/proxy/include" "$include"
set -- "$base/journal/$deploy.plan.json" "$base/journal" "$base/keeper" "$base/releases" "$config/$name" "$config"
[ -z "$release" ] || set -- "$@" "$to"/* "$to"
keep "$@" "$base/keeper/$keeper.mjs" "$base/shared.json" "$include" "$config/$name"/*.json
[ ! -f "$base/include.pending" ] || echo include-changed
`;

/** Puts back the include that was there before, or none where there was none: the proxy refused the new one. `$1` base, `$2` its path. */
export const restoreIncludeScript = `set -eu
umask 022
if [ -f "$1/include.before" ]; then
  cp "$1/include.before" "$2.new"; chmod 644 "$2.new"; mv -f "$2.new" "$2"
else
  rm -f "$2"
fi
rm -f "$1/include.pending"
`;

/** The proxy has read the include, or will when it starts. `$1` base. */
export const includeReadScript = 'rm -f "$1/include.pending"';

/** Frees the lease, if it still is what this deploy wrote. `$1` base, `$2` the lease as written, `$3` the free one; neither ends in a line break. */
export const freeLeaseScript = `set -eu
umask 077
${lock('$1')}[ "$(cat "$1/lease")" = "$2" ] || exit 0
printf '%s\\n' "$3" >"$1/lease.free"
mv -f "$1/lease.free" "$1/lease"
sync "$1/lease" "$1" 2>/dev/null || sync
`;
