import { quoteName } from '../../../commands/backup/postgres';
import {
  databaseStatements,
  freshName,
  leftBy,
  nameWith,
  pgRestoreHead,
  pgRestoreInto,
  removeDatabase,
  swapStatement,
  type RestoreNames,
} from '../../../commands/backup/postgres-restore';
import { parseJson } from '../../../domain/json';
import { ShiplockError } from '../../../errors';
import { toolArgv, type Database } from '../database';
import type { Restored, RestoreOrder, Taken } from '../database-engine';
import { runStage } from '../run-stage';
import { loginOf } from './postgres-login';
import { inPostgres } from './ask-postgres';
import { countAll } from './postgres-counts';
import type { PostgresSession } from './postgres-session';

const archive = 'database.dump';

/** Into `<database>_restore_<tag>`, counted; then the two change names in one transaction, and the old one stays. */
export async function restorePostgres(
  database: Database,
  backup: Taken,
  order: RestoreOrder,
): Promise<Restored> {
  const target = loginOf(database).target.database;
  const fresh = freshName(target, order.tag);
  const names = { target, fresh, before: nameWith(target, `_before_${order.tag}`) };
  const owners = await inPostgres(database, 'postgres', async (admin) => {
    const rights = await readRights(admin);
    await clearLeft(admin, target, order);
    await haveRoles(admin, backup, rights, order);
    await makeFresh(admin, database, backup, names);
    return rights.superuser;
  });
  try {
    const proof = await fill(database, backup, fresh, owners);
    order.check(proof);
    const kept = await changePlaces(database, names, order);
    const dropping = `DROP DATABASE ${quoteName(names.before)};`;
    return {
      ...proof,
      kept: kept ? `the database ${names.before} on the same server` : null,
      remove: kept ? dropping : null,
    };
  } catch (thrown) {
    await dropFresh(database, names).catch(() => undefined);
    throw thrown;
  }
}

interface Rights {
  readonly superuser: boolean;
}

async function readRights(admin: PostgresSession): Promise<Rights> {
  const [line = ''] = await admin.ask(
    `select rolsuper, rolcreatedb, quote_ident(rolname) from pg_roles where rolname = current_user;`,
  );
  const [superuser, createdb, user = ''] = line.split('\t');
  if (superuser === 't' || createdb === 't') return { superuser: superuser === 't' };
  throw new ShiplockError(`the role ${user} may not create databases, so nothing can be restored`, {
    hint: `As a superuser: ALTER ROLE ${user} CREATEDB;`,
    fault: 'user',
    verdict: 'refused',
  });
}

/** Objects belong to roles; on another server they may be missing. They come without password and without login. */
async function haveRoles(
  admin: PostgresSession,
  { manifest }: Taken,
  { superuser }: Rights,
  order: RestoreOrder,
): Promise<void> {
  const there = new Set(await admin.ask('select rolname from pg_roles;'));
  const all = (parseJson(manifest.facts['roles'] ?? '[]') ?? []) as readonly string[];
  const missing = all.filter((name) => !there.has(name));
  if (missing.length === 0 || !superuser) return;
  await admin.ask(missing.map((name) => `create role ${quoteName(name)};`).join('\n'));
  order.tell(`made the roles ${missing.join(', ')}, without password and login: give them theirs`);
}

async function makeFresh(
  admin: PostgresSession,
  database: Database,
  { folder, manifest }: Taken,
  { fresh }: RestoreNames,
): Promise<void> {
  const head = await runStage(database.host, {
    ...{
      name: 'pg_restore, looking',
      folder,
      argv: toolArgv(database, pgRestoreHead),
      from: archive,
    },
  });
  const from = manifest.facts['database'] ?? manifest.database ?? '';
  const { create, settings } = databaseStatements(head.stdout, { from, to: fresh });
  if (create === null) {
    throw new ShiplockError(`the archive does not say how ${from} was made`, {
      hint: 'Is it whole? mode: verify reads all of it.',
      fault: 'remote',
    });
  }
  await admin.ask([create, ...settings].join('\n'));
}

async function fill(
  database: Database,
  { folder }: Taken,
  fresh: string,
  owners: boolean,
): Promise<Omit<Restored, 'kept' | 'remove'>> {
  const { argv, first, target } = loginOf(database, fresh);
  const startedAt = database.monotonic();
  // The password comes on the first line of stdin, and the archive is its rest.
  const { stage } = await runStage(database.host, {
    ...{ name: 'pg_restore', folder, from: archive, ahead: first },
    argv: argv(pgRestoreInto(target, owners)),
  });
  const restoreMs = database.monotonic() - startedAt;
  const counts = await inPostgres(database, fresh, async (session) => {
    const counted = await countAll(session);
    // Without statistics the first queries of the app would read whole tables.
    await session.ask('analyze;');
    return counted;
  });
  return { stages: [stage], restoreMs, rowCounts: counts.rows, objectCounts: counts.objects };
}

/** @returns whether there was one before */
async function changePlaces(
  database: Database,
  names: RestoreNames,
  { tell }: RestoreOrder,
): Promise<boolean> {
  const { target, before } = names;
  return inPostgres(database, 'postgres', async (admin) => {
    const there = (await databaseNames(admin)).includes(target);
    if (there) {
      const sessions = 'its sessions are ended and find the restored one at their next connection';
      tell(`${target} becomes ${before}; ${sessions}`);
    }
    await admin.ask(swapStatement(names));
    return there;
  });
}

/** What restores that died have left: as large as the database, and nobody's. */
async function clearLeft(
  admin: PostgresSession,
  target: string,
  { tell }: RestoreOrder,
): Promise<void> {
  for (const name of leftBy(target, await databaseNames(admin))) {
    await admin.ask(removeDatabase(name));
    tell(`removed ${name}, which a restore has left that did not end`);
  }
}

const databaseNames = (admin: PostgresSession): Promise<readonly string[]> =>
  admin.ask('select datname from pg_database;');

async function dropFresh(database: Database, { fresh }: RestoreNames): Promise<void> {
  await inPostgres(database, 'postgres', (admin) => admin.ask(removeDatabase(fresh)));
}
