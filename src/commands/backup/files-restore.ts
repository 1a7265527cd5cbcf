/**
 * What was unpacked into `$1` takes the place of `$3` in folder `$2`; what was there becomes `$4`. A folder that is a volume keeps its place,
 * and what is in it moves. Cut off, it goes on where it was. Code 4: nothing has changed.
 */
export const filesSwapScript = `beside=$1 folder=$2 name=$3 kept=$4
if [ "$name" != . ]; then
  new=$beside/$name target=$folder/\${name#./}
  [ -e "$new" ] || [ -L "$new" ] || exit 0
  if [ -e "$target" ] || [ -L "$target" ]; then
    [ ! -e "$kept" ] || kept=$kept.late
    mv -T -- "$target" "$kept" || exit 4
  fi
  mv -T -- "$new" "$target" || { mv -T -- "$kept" "$target" && exit 4; exit 1; }
else
  set -e
  [ -d "$beside" ] || exit 0
  cd "$folder"
  if [ ! -e "$kept" ]; then
    mkdir -p -m 700 -- "$kept.part"
    find . -mindepth 1 -maxdepth 1 ! -path "./\${beside##*/}" ! -path "./\${kept##*/}.part" -exec mv -t "$kept.part" -- {} +
    mv -T -- "$kept.part" "$kept"
  fi
  find "./\${beside##*/}" -mindepth 1 -maxdepth 1 -exec mv -t "$folder" -- {} +
  chmod --reference="$beside" -- "$folder"
  chown --reference="$beside" -- "$folder"
fi
sync`;

/** Removes what was unpacked and did not take its place. */
export const filesClearScript = 'rm -rf -- "$1"';

/** Removes what restores that died have unpacked in the folder `$1`. */
export const filesClearLeftScript = 'rm -rf -- "$1"/.restore-[0-9]*_[0-9]*t[0-9]*';
