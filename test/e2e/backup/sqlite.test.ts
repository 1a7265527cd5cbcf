import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sqlite } from '../../../src/operations/backup/engines/sqlite';
import { DatabaseStand } from '../../support/backup/database-stand';
import { storeImage } from '../../support/backup/store-image';
import { docker, runCommand } from '../../support/run-command';

const stand = new DatabaseStand();
const path = '/data/app.db';
let image = '';
/** Has no SQLite of its own. */
let bare = '';
/** With SQLite's shell and a volume on /data. */
let app = '';

beforeAll(async () => {
  [image, bare] = await Promise.all([storeImage('sqlite'), storeImage('redis')]);
  app = await stand.run([image]);
  locked = await askForLocked();
});

afterAll(() => stand.end());

/** Asked at the beginning and awaited in its test: the wait for the lock takes 30 s. */
let locked: { said: Promise<string[]> };

async function askForLocked(): Promise<typeof locked> {
  await run(app, 'CREATE TABLE t (x)', '/data/locked.db');
  const hold = "{ echo 'BEGIN EXCLUSIVE;'; sleep 600; } | sqlite3 /data/locked.db";
  await docker(['exec', '-d', app, 'sh', '-c', hold]);
  const ask = ['docker', 'exec', app, 'sqlite3', '/data/locked.db', 'SELECT * FROM t'];
  while ((await runCommand(ask)).code === 0);
  return { said: problemsOf(app, '/data/locked.db') };
}

/** SQL in a container's database. */
const run = (id: string, sql: string, file = path): Promise<string> =>
  docker(['exec', '-i', id, 'sqlite3', '-bail', file], { stdin: sql });

const numbers = (count: number): string =>
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) SELECT i, 'row ' || i FROM n`;

const databaseAt = (id: string | null, file = path) =>
  stand.database(id, { engine: 'sqlite', paths: [file] });

const problemsOf = async (id: string | null, file: string) => {
  const seen = await sqlite.inspect(await databaseAt(id, file));
  return seen.problems.map(({ says, fix }) => `${says}. ${fix}`);
};

describe('while it is written to, all of one moment', () => {
  beforeAll(async () => {
    await run(
      app,
      `PRAGMA journal_mode = wal; PRAGMA foreign_keys = off;
       CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT); CREATE INDEX by_name ON item (name);
       CREATE TABLE pair (a INTEGER, b INTEGER REFERENCES item);
       CREATE VIEW few AS SELECT * FROM item LIMIT 3;
       CREATE VIRTUAL TABLE words USING fts5 (text); INSERT INTO words VALUES ('found again');
       CREATE TABLE "it's ""odd""
	-name" (x); INSERT INTO "it's ""odd""
	-name" VALUES (1);
       INSERT INTO item ${numbers(20000)}; INSERT INTO pair VALUES (1, 999999);`,
    );
    // Two tables that always grow together: only one moment has as many rows in both.
    const both = 'INSERT INTO item (name) VALUES (1); INSERT INTO pair VALUES (2, 2);';
    const loop = `while :; do echo "BEGIN; ${both} COMMIT;"; done | sqlite3 -cmd '.timeout 5000' ${path}`;
    await docker(['exec', '-d', app, 'sh', '-c', loop]);
  });

  /** The same volume, seen by a container whose image has no SQLite; and by this machine. */
  const places = {
    "the shell of the app's image": () => Promise.resolve({ id: app, file: path }),
    "Node's SQLite, where the image has none": async () => ({
      id: await stand.run(['--volumes-from', app, bare, 'sleep', '600']),
      file: path,
    }),
  };

  test.each(Object.entries(places))('by %s', async (_, place) => {
    const { id, file } = await place();
    const database = await databaseAt(id, file);
    const taken = await stand.take(sqlite, database);
    const proof = await stand.prove(sqlite, database, taken);
    expect(proof.rowCounts).toEqual(taken.manifest.rowCounts);
    expect(proof.objectCounts).toEqual(taken.manifest.objectCounts);
    const { item = 0, pair = 0, ...rest } = proof.rowCounts as Record<string, number>;
    expect(item - 20000).toBe(pair - 1);
    expect(rest).toMatchObject({ [`it's "odd"\n\t-name`]: 1, words_content: 1 });
    expect(Number(await run(app, 'SELECT count(*) FROM pair'))).toBeGreaterThan(pair);
    const written = readdirSync(taken.folder).filter((name) => name !== 'held');
    expect(written).toEqual(['database.sqlite']);
  });
});

test('on the host itself, with rows that lie in the -wal alone', async () => {
  const folder = mkdtempSync(join(stand.folder, "app's, 100 % #1 "));
  const file = join(folder, 'app.db');
  const writer = await stand.run(['--volume', `${folder}:/data`, image]);
  await run(
    writer,
    'PRAGMA journal_mode = wal; CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT);',
  );
  const keepsOpen = `{ echo 'PRAGMA wal_autocheckpoint = 0; INSERT INTO item ${numbers(5000).replaceAll("'", "''")};'; sleep 600; } | sqlite3 ${path}`;
  await docker(['exec', '-d', writer, 'sh', '-c', keepsOpen.replaceAll("''", `'"'"'`)]);
  while ((await run(writer, 'SELECT count(*) FROM item')) !== '5000');
  await runCommand(['cp', file, join(folder, 'copied.db')]);
  expect(await run(writer, 'SELECT count(*) FROM item', '/data/copied.db')).toBe('0');

  const database = await databaseAt(null, file);
  const taken = await stand.take(sqlite, database);
  expect((await stand.prove(sqlite, database, taken)).rowCounts).toEqual({ item: 5000 });

  const seen = await sqlite.inspect(database);
  const withoutShell = { ...seen, facts: { ...seen.facts, tool: 'node' } };
  const other = mkdtempSync(join(stand.folder, 'backup-'));
  const dump = await sqlite.dump(database, withoutShell, other);
  expect(dump.record.rowCounts).toEqual({ item: 5000 });
});

describe('never passes in silence', () => {
  test('a path with a typing error: nothing is there, and nothing is made', async () => {
    const seen = await sqlite.inspect(await databaseAt(app, '/data/ap.db'));
    expect(seen).toMatchObject({ standing: 'absent', problems: [] });
    expect(await docker(['exec', app, 'ls', '/data'])).not.toContain('ap.db\n');
    const missing = join(stand.folder, 'ap.db');
    expect((await sqlite.inspect(await databaseAt(null, missing))).standing).toBe('absent');
    expect(existsSync(missing)).toBe(false);
  });

  test('a database without tables is an empty one', async () => {
    await run(app, 'CREATE TABLE t (x); DROP TABLE t;', '/data/empty.db');
    const seen = await sqlite.inspect(await databaseAt(app, '/data/empty.db'));
    expect(seen).toMatchObject({ standing: 'empty', problems: [] });
  });

  test("a file in the container's own layer: another container would see the image's", async () => {
    await run(app, 'CREATE TABLE t (x)', '/srv/app.db');
    expect(await problemsOf(app, '/srv/app.db')).toEqual([
      expect.stringMatching(
        /own layer, and is gone with the container\. put its folder into a volume/,
      ),
    ]);
  });

  test('a file that is mounted alone: its -wal lies in the layer', async () => {
    const file = join(stand.folder, 'alone.db');
    writeFileSync(file, '');
    const id = await stand.run(['--volume', `${file}:/srv/alone.db`, image]);
    expect(await problemsOf(id, '/srv/alone.db')).toEqual([
      expect.stringMatching(/-wal.*mount the folder/),
    ]);
  });

  test.each(['/data', 'app.db'])('%p for a file', async (file) => {
    expect(await problemsOf(app, file)).toHaveLength(1);
  });

  test('a damaged database, which .backup copies with exit 0', async () => {
    await run(
      app,
      `CREATE TABLE t (id INTEGER PRIMARY KEY, x); INSERT INTO t ${numbers(9000)}; CREATE INDEX i ON t (x);`,
      '/data/bad.db',
    );
    const damage =
      'dd if=/dev/urandom of=/data/bad.db bs=4096 seek=20 count=1 conv=notrunc 2>/dev/null';
    await docker([
      'exec',
      app,
      'sh',
      '-c',
      `${damage}; sqlite3 /data/bad.db '.backup /data/bad-copy.db'`,
    ]);
    const database = await databaseAt(app, '/data/bad.db');
    const proven = stand.take(sqlite, database).then((taken) => sqlite.readBack(database, taken));
    await expect(proven).rejects.toThrow(/damaged|malformed/);
  });

  test('a database that somebody holds: .dump of it would end with 0', async () => {
    expect(await locked.said).toEqual([expect.stringMatching(/database is locked/)]);
  });

  test('a file that is none of SQLite', async () => {
    await docker(['exec', app, 'sh', '-c', 'head -c 9000 /dev/urandom > /data/noise.db']);
    expect(await problemsOf(app, '/data/noise.db')).toEqual([
      expect.stringMatching(/cannot read .*file is not a database/),
    ]);
  });

  test.each<[string, (file: string) => void | Promise<void>]>([
    ['cut off', cutOff],
    ['with a page of noise', damagePage],
    ['with an index that lacks a row', dropFromIndex],
  ])('a copy %s', async (_, harm) => {
    await run(
      app,
      `DROP TABLE IF EXISTS t; CREATE TABLE t (id INTEGER PRIMARY KEY, x); INSERT INTO t ${numbers(2000)}; CREATE INDEX i ON t (x);`,
      '/data/good.db',
    );
    const database = await databaseAt(app, '/data/good.db');
    const taken = await stand.take(sqlite, database);
    await harm(join(taken.folder, 'database.sqlite'));
    await expect(sqlite.readBack(database, taken)).rejects.toThrow(/damaged|integrity_check/);
  });

  test('a copy with rows that point nowhere, which integrity_check calls ok', async () => {
    await run(
      app,
      'DROP TABLE IF EXISTS c; CREATE TABLE c (p REFERENCES c (rowid2), rowid2 PRIMARY KEY); INSERT INTO c VALUES (NULL, 1);',
      '/data/keys.db',
    );
    const database = await databaseAt(app, '/data/keys.db');
    const taken = await stand.take(sqlite, database);
    await change(join(taken.folder, 'database.sqlite'), 'INSERT INTO c VALUES (7, 2)');
    await expect(sqlite.readBack(database, taken)).rejects.toThrow(
      /point to rows that are not there: 1/,
    );
  });
});

function cutOff(file: string): void {
  truncateSync(file, 8192);
}

function damagePage(file: string): void {
  const bytes = readFileSync(file);
  bytes.fill(0x5a, 4 * 4096, 5 * 4096);
  writeFileSync(file, bytes);
}

async function dropFromIndex(file: string): Promise<void> {
  const sql = `PRAGMA writable_schema = on; CREATE TABLE twin AS SELECT * FROM t LIMIT 100;
    UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'twin') WHERE name = 't';`;
  await change(file, sql);
}

/** SQL in a file of this machine. */
async function change(file: string, sql: string): Promise<void> {
  const folder = ['--volume', `${dirname(file)}:/changed`];
  await docker([
    'run',
    '--rm',
    ...folder,
    image,
    'sqlite3',
    '-cmd',
    '.dbconfig defensive off',
    `/changed/${basename(file)}`,
    sql,
  ]);
}
