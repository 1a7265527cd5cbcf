/** In the container's volumes: puts the RDB `$1` into a new folder `$2`, under the name `$3`. */
export const redisBesideScript = `umask 077; mkdir -- "$2" && cp -- "$1" "$2/$3"`;

/** Removes the folder `$1`. */
export const redisClearScript = 'rm -rf -- "$1"';

/**
 * The server of folder `$1` does not run: its files (`$4` …) go into `$1/$3`, those of `$2` take their places, with the owner of the folder.
 */
export const redisSwapScript = `set -e
dir=$1 new=$2 kept=$1/$3; shift 3
mkdir -m 700 -- "$kept"
for name in "$@"; do [ ! -e "$dir/$name" ] || mv -- "$dir/$name" "$kept/"; done
for name in "$@"; do [ ! -e "$new/$name" ] || mv -- "$new/$name" "$dir/"; done
owner=$(stat -c %u:%g "$dir")
for name in "$@"; do [ ! -e "$dir/$name" ] || chown -R "$owner" "$dir/$name"; done
chown -R "$owner" "$kept"
sync`;
