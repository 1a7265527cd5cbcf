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

/** The three databases of a restore. */
export interface RestoreNames {
  readonly target: string;
  readonly fresh: string;
  readonly before: string;
}

/**
 * The two change names, in one statement: whoever sent it may die on the way, the server ends it. Whoever uses the database is shut out for
 * that moment, and let in again when sessions do not end or a name cannot change. It also works when there is no database of that name.
 */
export function swapStatement({ target, fresh, before }: RestoreNames): string {
  const [old, fromNow, kept] = [quoteName(target), quoteName(fresh), quoteName(before)];
  const sessions = `pg_stat_activity where datname = ${quoteText(target)}`;
  return `do $shiplock$
declare
  problem text;
begin
  if exists (select from pg_database where datname = ${quoteText(target)}) then
    alter database ${old} with allow_connections false;
    commit;
    begin
      for tries in 1..40 loop
        perform pg_terminate_backend(pid) from ${sessions};
        exit when not found;
        perform pg_sleep(0.25), pg_stat_clear_snapshot();
      end loop;
      alter database ${old} rename to ${kept};
      alter database ${fromNow} rename to ${old};
      alter database ${kept} with allow_connections true;
    exception when query_canceled or others then
      problem := sqlerrm;
    end;
    if problem is not null then
      alter database ${old} with allow_connections true;
      commit;
      raise exception '%', problem;
    end if;
  else
    alter database ${fromNow} rename to ${old};
  end if;
end $shiplock$;`;
}

/** Name of the database that a restore fills; the tag tells restores apart. */
export const freshName = (target: string, tag: string): string =>
  nameWith(target, `_restore_${tag}`);

/** Those of them that restores of this database have left, which died on the way. */
export function leftBy(target: string, names: readonly string[]): readonly string[] {
  return names.filter((name) => {
    const tag = /_restore_(\d+_\d{8}t\d{6})$/.exec(name)?.[1];
    return tag !== undefined && freshName(target, tag) === name;
  });
}

/** Ends every session of a database and removes it. */
export const removeDatabase = (name: string): string =>
  `select pg_terminate_backend(pid) from pg_stat_activity where datname = ${quoteText(name)};
select pg_sleep(0.3);
drop database if exists ${quoteName(name)};`;
