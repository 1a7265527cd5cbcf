/**
 * What was unpacked into `$1` takes the place of `$3` in folder `$2`; what was there becomes `$4`. A folder that is a volume keeps its place,
 * and what is in it moves.
 */
export const filesSwapScript = `set -e
beside=$1 folder=$2 name=$3 kept=$4
if [ "$name" != . ]; then
  target=$folder/\${name#./}
  if [ -e "$target" ] || [ -L "$target" ]; then mv -T -- "$target" "$kept"; fi
  mv -T -- "$beside/$name" "$target" || { mv -T -- "$kept" "$target"; exit 1; }
else
  mkdir -m 700 -- "$kept"
  cd "$folder"
  find . -mindepth 1 -maxdepth 1 ! -path "./\${beside##*/}" ! -path "./\${kept##*/}" -exec mv -t "$kept" -- {} +
  find "./\${beside##*/}" -mindepth 1 -maxdepth 1 -exec mv -t "$folder" -- {} +
  chmod --reference="$beside" -- "$folder"
  chown --reference="$beside" -- "$folder"
fi
sync`;

/** Removes what was unpacked and did not take its place. */
export const filesClearScript = 'rm -rf -- "$1"';
