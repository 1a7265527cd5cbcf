import type { Work } from '../../domain/backup/work';

/** On scratch servers and throw-away containers: the mark of their backup. */
export const workLabel = 'shiplock.scratch';

export const workLabelOf = (mark: string): string => `${workLabel}=${mark}`;

/** In the environment of every tool that runs where a database is. The sign at its end keeps `shop/prod` apart from `shop/production`. */
export const markWord = (mark: string): string => `SHIPLOCK_BACKUP=${mark};`;

/**
 * Runs on the host, and in a container as the user whose tools run there: ends every process with the mark `$1`. A client that gets INT has the server
 * cancel what it works on for it; one that only dies leaves a query, and its wait for a lock, behind.
 */
const endInside = `for signal in INT TERM KILL; do
  marked=$(grep -lsF -- "$1" /proc/[0-9]*/environ)
  [ -n "$marked" ] || exit 0
  for each in $marked; do each=\${each#/proc/}; kill -"$signal" "\${each%%/*}"; done
  sleep 1
done 2>/dev/null`;

/**
 * Ends what a backup runs: \`end_in FOLDER\` what holds the folder on the host, \`end_work MARK IDS SCRIPT DOCKER…\` what it began in containers.
 * Killing the \`docker exec\` on the host is not enough: what it started runs on, without anybody who reads what it writes.
 */
export const endFunctions = `end_in() {
  for held in /proc/[0-9]*/fd/9; do
    [ "$held" -ef "$1/held" ] || continue
    held=\${held#/proc/}; kill "\${held%%/*}"
  done 2>/dev/null
}
end_work() {
  [ $# -gt 2 ] || return 0
  mark=$1 ids=$2 inside=$3; shift 3
  sh -c "$inside" sh "${markWord('$mark')}" </dev/null >/dev/null 2>&1 &
  for id in $ids; do "$@" exec "$id" sh -c "$inside" sh "${markWord('$mark')}" </dev/null >/dev/null 2>&1 & done
  if [ $# -gt 0 ]; then
    ours=$("$@" ps --all --quiet --filter "label=${workLabelOf('$mark')}" </dev/null 2>/dev/null)
    [ -z "$ours" ] || "$@" rm --force --volumes $ours </dev/null >/dev/null 2>&1
  fi
  wait
}
`;

/** The arguments of \`end_work\`; none = there is nothing to end. */
export const endWords = (work: Work | null): readonly string[] =>
  work === null ? [] : [work.mark, work.containers.join(' '), endInside, ...work.docker];

/** Ends what works on the backup in folder \`$1\`; the rest as \`endWords\` gives it. */
export const endScript = `${endFunctions}end_in "$1"; shift; end_work "$@"`;
