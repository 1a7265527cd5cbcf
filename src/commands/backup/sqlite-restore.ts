/**
 * Puts the copy `$1` beside the database `$2`, as `$2.restore-$3`, with its owner and mode; where there is no database yet, with the owner
 * of the folder. Copies of restores that died go.
 */
export const besideScript = `umask 077
new=$2.restore-$3
mkdir -p -- "$(dirname "$2")" || exit 1
rm -f -- "$2".restore-[0-9]*_[0-9]*t[0-9]*
cp -- "$1" "$new" || { rm -f -- "$new"; exit 1; }
if [ -e "$2" ]; then
  chmod "$(stat -c %a "$2")" "$new"; owner=$(stat -c %u:%g "$2")
else
  chmod 644 "$new"; owner=$(stat -c %u:%g "$(dirname "$2")")
fi
[ "$(stat -c %u:%g "$new")" = "$owner" ] || chown "$owner" "$new" || { rm -f -- "$new"; exit 1; }
sync "$new" 2>/dev/null || sync`;

/** Takes back what was put beside. */
export const notBesideScript = 'rm -f -- "$2.restore-$3"';

/**
 * The two change places. What SQLite wrote beside the old one goes with it: a -wal of another database would be played into the new
 * one. Whoever still has the old one open would go on writing to it: then nothing is done, code 4. Cut off, it goes on where it was; a
 * database that somebody made anew in between goes aside too.
 */
export const changePlacesScript = `old=$2 new=$2.restore-$3 before=$2.before-$3
[ -e "$new" ] || exit 0
for open in /proc/[0-9]*/fd/*; do
  if [ "$open" -ef "$old" ] 2>/dev/null; then open=\${open#/proc/}; echo "process \${open%%/*} has it open" >&2; exit 4; fi
done
if [ -e "$old" ]; then
  [ ! -e "$before" ] || before=$before.late
  mv -- "$old" "$before" || exit 4
fi
for end in -wal -shm -journal; do [ ! -e "$old$end" ] || mv -- "$old$end" "$before$end" || exit 1; done
mv -- "$new" "$old" || exit 1
sync`;
