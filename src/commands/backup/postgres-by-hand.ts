import { composeLabel } from '../../domain/release/labels';
import { quote } from '../shell';
import { pgRestoreInto, swapStatement } from './postgres-restore';
import { psql, quoteName, type PostgresTarget } from './postgres';

/** What a script by hand is about. */
export interface ByHand {
  readonly docker: readonly string[];
  readonly service: string;
  readonly project: string | null;
  readonly target: PostgresTarget;
  /** How a database of its encoding and locale is made: the end of a `create database`. */
  readonly making: string;
  readonly id: string;
  readonly sequence: number;
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  readonly archive: string;
}

/**
 * A script that restores on the server without us: into a database beside the old one, and only then under its name. The
 * container is found anew, because it may have been made anew. @returns POSIX sh, run in the backup's folder
 */
export function postgresByHand(what: ByHand): string {
  const { docker, target, making, sequence, files, archive } = what;
  const { database } = target;
  const names = {
    target: database,
    fresh: `${database}_restore_${sequence}`,
    before: `${database}_before_${sequence}`,
  };
  const inContainer = (words: readonly string[]): string => `in_db ${quote(words)}`;
  const admin = inContainer(psql({ ...target, database: 'postgres' }));
  const fresh = { ...target, database: names.fresh };
  return `#!/bin/sh
# Restores ${what.id} beside the database, then lets the two change names. What was there stays as ${names.before}.
set -eu
cd "$(dirname "$0")"
sha256sum -c - <<'END'
${files.map(({ name, sha256 }) => `${sha256}  ${name}`).join('\n')}
END
db=$(${quote([...docker, 'ps', '-q', '--no-trunc', ...filters(what)])})
[ -n "$db" ] || { echo ${quote([`the container of the service ${what.service} does not run`])} >&2; exit 1; }
in_db() { ${quote([...docker, 'exec', '-i', '-e', 'LC_ALL=C'])} "$db" "$@"; }
${admin} <<'END'
set client_min_messages = warning;
drop database if exists ${quoteName(names.fresh)};
create database ${quoteName(names.fresh)} ${making};
END
${inContainer(pgRestoreInto(fresh, true))} <${quote([archive])}
echo 'analyze;' | ${inContainer(psql(fresh))}
${admin} <<'END'
${swapStatement(names)}
END
echo ${quote([`${database} is the backup now, and what was there before is ${names.before}`])}
`;
}

function filters({ service, project }: ByHand): readonly string[] {
  const labels = [
    `${composeLabel.service}=${service}`,
    `${composeLabel.oneoff}=False`,
    ...(project === null ? [] : [`${composeLabel.project}=${project}`]),
  ];
  return labels.flatMap((label) => ['--filter', `label=${label}`]);
}
