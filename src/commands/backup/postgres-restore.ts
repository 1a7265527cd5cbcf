import { connectionText, postgresTool, quoteName, type PostgresTarget } from './postgres';

/** A text of SQL. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** PostgreSQL cuts longer names without a word; two of them could then be one. */
const longestName = 63;

/** A name with something behind it, within what a name may have. */
export function nameWith(name: string, ending: string): string {
  let base = name;
  while (Buffer.byteLength(base + ending) > longestName) base = base.slice(0, -1);
  return base + ending;
}

/** Prints, of the archive on stdin, only the lines that are about the database itself. Its schema may be long: `sed` takes all of it. */
export const pgRestoreHead = postgresTool([
  ...['sh', '-c', `pg_restore --create --schema-only -f - | sed -n '/ DATABASE /p'`],
]);

/**
 * Out of those lines: how the database was made and set up, said of another name. A line with a backslash is left out, because psql
 * would take what follows it for a command of its own.
 */
export function databaseStatements(
  script: string,
  { from, to }: { readonly from: string; readonly to: string },
): { readonly create: string | null; readonly settings: readonly string[] } {
  const names = [from, quoteName(from)].map((name) => ` DATABASE ${name}`);
  const own = script
    .split('\n')
    .filter((line) => line.endsWith(';') && !line.includes('\\'))
    .flatMap((line) => {
      const [name] = names.filter((one) => line.includes(`${one} `));
      return name === undefined ? [] : [line.replace(name, () => ` DATABASE ${quoteName(to)}`)];
    });
  return {
    create: own.find((line) => line.startsWith('CREATE DATABASE ')) ?? null,
    settings: own.filter((line) => /^(ALTER|GRANT|REVOKE) /.test(line)),
  };
}

/** The archive on stdin into a database that is empty. @param owners whether the login may give objects to other roles */
export function pgRestoreInto(target: PostgresTarget, owners: boolean): readonly string[] {
  const flags = ['--exit-on-error', '--no-tablespaces', ...(owners ? [] : ['--no-owner'])];
  return postgresTool(['pg_restore', ...flags, '-w', '-d', connectionText(target)]);
}

/** The two change names in one transaction: at any instant there is a database of that name. */
export function swapStatements(names: {
  readonly target: string;
  readonly fresh: string;
  readonly before: string | null;
}): string {
  const [target, fresh] = [quoteName(names.target), quoteName(names.fresh)];
  const before = names.before === null ? null : quoteName(names.before);
  return [
    'begin;',
    ...(before === null
      ? []
      : [
          `alter database ${target} rename to ${before};`,
          `alter database ${before} with allow_connections true;`,
        ]),
    `alter database ${fresh} rename to ${target};`,
    'commit;',
  ].join('\n');
}

/** The same for a script that nobody watches: it also works when there is no database of that name. */
export function swapByHand({
  target,
  fresh,
  before,
}: {
  readonly target: string;
  readonly fresh: string;
  readonly before: string;
}): string {
  const [old, kept] = [quoteText(target), quoteText(before)];
  const of = (name: string): string => `from pg_database where datname = ${name} \\gexec`;
  return [
    `select format('alter database %I with allow_connections false', datname) ${of(old)}`,
    // In the list and not in the condition: there it could be asked for every session of the server.
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = ${old} \\g /dev/null`,
    'select pg_sleep(1) \\g /dev/null',
    'begin;',
    `select format('alter database %I rename to %I', datname, ${kept}) ${of(old)}`,
    `alter database ${quoteName(fresh)} rename to ${quoteName(target)};`,
    'commit;',
    `select format('alter database %I with allow_connections true', datname) ${of(kept)}`,
  ].join('\n');
}
