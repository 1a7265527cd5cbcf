/** The rights of a user that a dump is about, on one database. */
export interface Rights {
  /** On the whole server, or on the whole database. */
  readonly has: (privilege: string) => boolean;
  /** On the whole server. */
  readonly hasOnServer: (privilege: string) => boolean;
  /** May read all of a table of the system's. */
  readonly reads: (database: string, table: string) => boolean;
  /** Is shown the database if it is there. */
  readonly sees: boolean;
}

interface Grant {
  readonly revoked: boolean;
  readonly privileges: readonly string[];
  readonly database: string;
  readonly table: string;
}

/** Reads the rows of `show grants`. They hold hashes of passwords: nothing of them is kept but privileges. */
export function rightsOn(database: string, lines: readonly string[]): Rights {
  const grants = lines.flatMap(readGrant);
  const server = grants.filter(({ database: on, table }) => on === '*' && table === '*');
  const own = grants.filter(
    ({ database: on, table }) => on !== '*' && table === '*' && matches(on, database),
  );
  const without = own.filter(({ revoked }) => revoked);
  const given = [...server, ...own].filter(({ revoked }) => !revoked);
  const holds = (among: readonly Grant[], privilege: string): boolean =>
    among.some(
      ({ privileges }) => privileges.includes(privilege) || privileges.includes('ALL PRIVILEGES'),
    );
  return {
    has: (privilege) => holds(given, privilege) && !holds(without, privilege),
    hasOnServer: (privilege) =>
      holds(
        server.filter(({ revoked }) => !revoked),
        privilege,
      ),
    reads: (where, table) =>
      grants.some(
        (grant) =>
          !grant.revoked &&
          (grant.database === '*' || matches(grant.database, where)) &&
          (grant.table === '*' || grant.table === table) &&
          holds([grant], 'SELECT'),
      ),
    sees:
      own.some(({ revoked, privileges }) => !revoked && !privileges.includes('USAGE')) ||
      ['SELECT', 'SHOW DATABASES'].some((privilege) => holds(server, privilege)),
  };
}

const grantLine =
  /^(GRANT|REVOKE) (.+?) ON (?:TABLE )?(?:`((?:[^`]|``)*)`|(\*))\.(?:`((?:[^`]|``)*)`|(\*)) (?:TO|FROM) /s;

function readGrant(line: string): readonly Grant[] {
  const found = grantLine.exec(line);
  if (found === null) return [];
  const [, verb, privileges = '', database, anyDatabase, table, anyTable] = found;
  // Rights on columns, `SELECT (id, name)`, are no right to the table.
  const whole = privileges.replaceAll(/\w[\w ]* \([^)]*\)(, )?/g, '');
  return [
    {
      revoked: verb === 'REVOKE',
      privileges: whole.split(',').map((name) => name.trim().toUpperCase()),
      database: (database ?? anyDatabase ?? '').replaceAll('``', '`'),
      table: (table ?? anyTable ?? '').replaceAll('``', '`'),
    },
  ];
}

/** Databases in grants are patterns: `%` any text, `_` any sign, unless a backslash is before it. */
function matches(pattern: string, database: string): boolean {
  const source = [...pattern.matchAll(/\\(.)|([%_])|(.)/gsu)].map(([, escaped, wild, sign]) =>
    wild === undefined ? escapeSign(escaped ?? sign ?? '') : wild === '%' ? '.*' : '.',
  );
  return new RegExp(`^${source.join('')}$`, 'su').test(database);
}

const escapeSign = (sign: string): string =>
  sign.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
