import type { Problem } from '../problem';
import type { Rights } from './mysql-grants';

/** What the preflight of a dump is judged by. */
export interface MysqlFacts {
  readonly database: string;
  /** `user@host`, as the server knows who asks. */
  readonly identity: string;
  readonly rights: Rights;
  readonly lockTables: boolean;
  readonly server: { readonly flavour: 'mariadb' | 'mysql'; readonly version: string };
  readonly hiddenRoutines: readonly string[];
}

/**
 * Rights that a whole dump needs. Without some of them the tool says nothing: it ends with 0 and leaves out triggers, routines and
 * the tables that it is not shown.
 */
export function missingRights(facts: MysqlFacts): readonly Problem[] {
  const { rights, database, identity, lockTables } = facts;
  const needed = [
    'SELECT',
    'SHOW VIEW',
    'TRIGGER',
    'EVENT',
    ...(lockTables ? ['LOCK TABLES'] : []),
  ];
  const missing = needed.filter((privilege) => !rights.has(privilege));
  const on = `${quoteName(database)}.*`;
  const problems: Problem[] = [];
  if (missing.length > 0) {
    problems.push({
      path: 'user',
      says: `${identity} has no ${missing.join(', ')} on ${database}: the dump would leave out what it is not shown, or fail`,
      fix: grant(missing.join(', '), on, identity),
    });
  }
  const routines = routineRight(facts);
  if (routines !== null) problems.push(routines);
  return problems;
}

/** The text of routines is a right of its own, and the list of them is, too. */
function routineRight(facts: MysqlFacts): Problem | null {
  const { rights, identity, hiddenRoutines } = facts;
  if (!seesRoutines(facts)) {
    return {
      path: 'user',
      says: `${identity} cannot see procedures and functions: the dump would leave them out without a word`,
      fix: routineGrant(facts),
    };
  }
  if (hiddenRoutines.length === 0 || readsRoutines(rights)) return null;
  return {
    path: 'user',
    says: `${identity} may not read the text of ${hiddenRoutines.slice(0, 5).join(', ')}${hiddenRoutines.length > 5 ? ', …' : ''}`,
    fix: routineGrant(facts),
  };
}

function seesRoutines({ rights }: MysqlFacts): boolean {
  const some = ['EXECUTE', 'CREATE ROUTINE', 'ALTER ROUTINE', 'SHOW CREATE ROUTINE'];
  return readsRoutines(rights) || some.some((privilege) => rights.has(privilege));
}

const readsRoutines = (rights: Rights): boolean =>
  rights.hasOnServer('SHOW_ROUTINE') || rights.reads('mysql', 'proc');

/** Since MariaDB 11.3 and MySQL 8.0.20 there is a right for it; before, it is reading the table that holds them. */
function routineGrant({ server, database, identity }: MysqlFacts): string {
  const [major = 0, minor = 0] = server.version.split('.').map(Number);
  if (server.flavour === 'mysql') {
    return major >= 8
      ? grant('SHOW_ROUTINE', '*.*', identity)
      : grant('SELECT', '`mysql`.`proc`', identity);
  }
  return major > 11 || (major === 11 && minor >= 3)
    ? grant('SHOW CREATE ROUTINE', `${quoteName(database)}.*`, identity)
    : grant('SELECT', '`mysql`.`proc`', identity);
}

const grant = (privileges: string, on: string, identity: string): string =>
  `run on the server, as its administrator: GRANT ${privileges} ON ${on} TO ${account(identity)};`;

const quoteName = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** `app@%` → `'app'@'%'`; a name may hold an @, a host does not. */
function account(identity: string): string {
  const at = identity.lastIndexOf('@');
  return `'${identity.slice(0, at)}'@'${identity.slice(at + 1)}'`;
}
