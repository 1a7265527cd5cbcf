/** In the container's volumes: puts the RDB `$1` into a new folder `$2`, under the name `$3`. Those of restores that died go. */
export const redisBesideScript = `umask 077
rm -rf -- "\${2%/*}"/restore-[0-9]*_[0-9]*t[0-9]*
mkdir -- "$2" && cp -- "$1" "$2/$3"`;

/** Removes the folder `$1`. */
export const redisClearScript = 'rm -rf -- "$1"';

/**
 * The server of folder `$1` does not run: its files (`$4` …) go into `$1/$3`, those of `$2` take their places, with the owner of the folder.
 * Cut off, it goes on where it was. Code 4: nothing has changed.
 */
export const redisSwapScript = `dir=$1 new=$2 kept=$1/$3; shift 3
owner=$(stat -c %u:%g "$dir") && chown -R "$owner" "$new" || exit 4
if [ ! -e "$kept" ]; then
  mkdir -p -m 700 -- "$kept.part" || exit 4
  for name in "$@"; do [ ! -e "$dir/$name" ] || mv -T -- "$dir/$name" "$kept.part/$name" || exit 1; done
  mv -T -- "$kept.part" "$kept" || exit 1
fi
for name in "$@"; do
  [ -e "$new/$name" ] || continue
  # A server that came up in between has made it anew.
  rm -rf -- "\${dir:?}/$name"
  mv -- "$new/$name" "$dir/" || exit 1
done
chown -R "$owner" "$kept"
sync`;
