/** Exit codes of the prepare script that mean something: the lock was not free in time, or the lease is not what it was. */
export const prepareExit = { busy: 75, leaseMoved: 73 } as const;

/**
 * S2 in one go: takes the lease by compare-and-swap under flock, then puts the uploaded files in their places. Stdin is a
 * tar of `lease.expected` (what was read before; empty = there was none), `lease.next`, `release/…`, `plan.json`,
 * optionally `shared.json`, `keeper.mjs` and `proxy/…`. `$1` base, `$2` deploy id, `$3` release id ('' = none is uploaded),
 * `$4` keeper hash, `$5` the proxy's configuration folder, `$6` the name of our files in it.
 * The lock file is never removed or replaced: two holders would fit in. Prints `include-changed` when the proxy's include is new.
 */
export const prepareScript = `set -eu
umask 077
base=$1 deploy=$2 release=$3 keeper=$4 config=$5 name=$6
mkdir -p "$base/releases" "$base/journal" "$base/keeper"
in="$base/.incoming-$deploy"
rm -rf "$base"/.incoming-*
mkdir "$in"
trap 'rm -rf "$in"' EXIT
tar -xf - -C "$in"
exec 9>>"$base/lock"
tries=0
until flock -n 9; do tries=$((tries + 1)); [ "$tries" -lt 50 ] || exit ${prepareExit.busy}; sleep 0.1; done
[ -f "$base/lease" ] || : >"$base/lease"
cmp -s "$base/lease" "$in/lease.expected" || exit ${prepareExit.leaseMoved}
mv -f "$in/lease.next" "$base/lease"
keep() { sync "$@" 2>/dev/null || sync; }
keep "$base/lease" "$base"
if [ -n "$release" ]; then
  # A release that is made anew: its old folder is there until the new one is.
  [ ! -d "$base/releases/$release" ] || mv "$base/releases/$release" "$in/replaced"
  mv "$in/release" "$base/releases/$release"
fi
[ ! -f "$in/shared.json" ] || mv -f "$in/shared.json" "$base/shared.json"
[ ! -f "$in/keeper.mjs" ] || mv -f "$in/keeper.mjs" "$base/keeper/$keeper.mjs"
mv -f "$in/plan.json" "$base/journal/$deploy.plan.json"
umask 022
mkdir -p "$config/$name"
place() {
  cmp -s "$1" "$2" 2>/dev/null && return 1
  cp "$1" "$2.new"; chmod 644 "$2.new"; mv -f "$2.new" "$2"
}
for file in "$in"/proxy/markers/*; do place "$file" "$config/$name/\${file##*/}" || :; done
if [ -f "$in/proxy/include" ]; then
  [ ! -f "$config/$name.conf" ] || cp -p "$config/$name.conf" "$in/before"
  if place "$in/proxy/include" "$config/$name.conf"; then
    echo include-changed
    [ ! -f "$in/before" ] || cp -p "$in/before" "$base/include.before"
  fi
fi
keep "$base/journal/$deploy.plan.json" "$base/journal" "$base/keeper" "$base/releases" "$config" "$config/$name"
`;

/** Puts the include that was there before back: nginx refused the new one. `$1` base, `$2` the include's path. */
export const restoreIncludeScript = `set -eu
[ ! -f "$1/include.before" ] || cp -p "$1/include.before" "$2"
`;
