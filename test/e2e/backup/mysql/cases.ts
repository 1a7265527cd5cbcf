import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from '../../../../src/operations/backup/database';
import type {
  Inspection,
  OpenScratch,
  Scratch,
} from '../../../../src/operations/backup/database-engine';
import { mysqlEngine } from '../../../../src/operations/backup/engines/mysql';
import { endWork } from '../../../../src/operations/backup/shelf';
import { commandLines } from '../../../support/backup/command-lines';
import { scratchIn, takenIn } from '../../../support/backup/database-stand';
import { MysqlStand, rootPassword, type Flavour } from '../../../support/backup/mysql-stand';
import { killIn } from '../../../support/backup/kill-in';
import { docker, outputOf } from '../../../support/run-command';
import { schema } from './schema';

/** What holds of both. */
export function mysqlCases(flavour: Flavour): void {
  describe(flavour, () => {
    let stand: MysqlStand;
    let scratch: Scratch | undefined;
    let closeScratch: () => void = () => undefined;
    let scratchEnded: Promise<unknown> = Promise.resolve();
    const engine = mysqlEngine(flavour, { seconds: 2, everyMs: 200 });
    const patient = mysqlEngine(flavour, { seconds: 60, everyMs: 200 });

    beforeAll(async () => {
      stand = await MysqlStand.start(flavour);
      await stand.sql(schema);
    }, 300_000);

    afterAll(async () => {
      closeScratch();
      await scratchEnded;
      await stand.stand.end();
    });

    /** One scratch server for all cases: each restores another database into it. */
    const shared: OpenScratch = async (recipe, use) => {
      scratch ??= await new Promise<Scratch>((resolve, reject) => {
        scratchEnded = scratchIn(stand.imageId)(recipe, (server) => {
          resolve(server);
          return new Promise<void>((close) => (closeScratch = close));
        }).catch(reject);
      });
      return use(scratch);
    };

    const inScratch = (text: string): Promise<string> => {
      const words = [flavour, '--no-defaults', '--socket=/scratch/server.sock', '-uroot', '-N'];
      const charset = '--default-character-set=utf8mb4';
      return outputOf(scratch?.argv([...words, '--batch', charset]) ?? [], { stdin: text });
    };

    const folder = (): Promise<string> => mkdtemp(join(stand.stand.folder, 'backup-'));

    async function inspected(database: Database): Promise<Inspection> {
      const seen = await engine.inspect(database);
      expect(seen.problems).toEqual([]);
      return seen;
    }

    async function take(database: Database, by = engine) {
      const into = await folder();
      return takenIn(into, await by.dump(database, await inspected(database), into));
    }

    /** Resolves when some query of the server is in this state. */
    async function untilWaiting(state: string): Promise<string> {
      for (let tries = 0; tries < 100; tries += 1) {
        const id = await stand.sql(
          `select id from information_schema.processlist where state like '${state}' and info like '%SQL_NO_CACHE%' limit 1`,
        );
        if (id !== '') return id;
      }
      throw new Error(`nobody was ${state}`);
    }

    /** Runs SQL that takes locks, and holds them until they are released. */
    async function hold(text: string): Promise<{ release: () => Promise<void> }> {
      const holding = stand.client(`use shop; ${text}; select sleep(90);`);
      const asleep =
        "select id from information_schema.processlist where info like 'select sleep%'";
      let id = '';
      while (id === '') id = await stand.sql(asleep);
      return {
        release: async () => {
          await stand.sql(`kill ${id};`);
          await holding;
        },
      };
    }

    test('a dump under a writer is one moment of the data, and the scratch server has it row by row', async () => {
      const database = await stand.database();
      const seen = await inspected(database);
      expect(seen).toMatchObject({
        standing: 'filled',
        warnings: [expect.stringContaining('hits')],
      });
      const into = await folder();
      const watched = commandLines();
      const writer = stand.client('use shop; call sell(1500);');
      const dump = await engine.dump(database, seen, into);
      expect((await writer).code).toBe(0);
      expect(watched.end().filter((line) => line.includes('canary-of-root'))).toEqual([]);
      const taken = takenIn(into, dump);
      expect(JSON.stringify(dump)).not.toContain('canary-of-root');
      expect(dump.record.consistency).toBe('best-effort');

      const stages = await engine.readBack(database, taken);
      expect([...dump.stages, ...stages].map(({ exit }) => exit)).toEqual([0, 0, 0, 0, 0, 0, 0]);
      expect(dump.record.objectCounts).toEqual({
        ...{ tables: 5, views: 1, triggers: 1, routines: 2, events: 1, sequences: 0 },
      });
      const proof = await engine.prove(database, taken, shared);
      expect(proof.objectCounts).toEqual(dump.record.objectCounts);
      for (const [table, got] of Object.entries(proof.rowCounts)) {
        const want = dump.record.rowCounts[table] ?? 0;
        const { min, max } = typeof want === 'number' ? { min: want, max: want } : want;
        expect(got).toBeGreaterThanOrEqual(min);
        expect(got).toBeLessThanOrEqual(max);
      }
      // Both rows of a sale, or none of them.
      expect(proof.rowCounts['orders']).toBe(proof.rowCounts['order`lines']);
      const last = await inScratch('select max(id) from shop.orders');
      const rows = `select id, customer, note, hex(raw), hex(old) from shop.orders where id <= ${last} order by id`;
      expect(await inScratch(rows)).toBe(await stand.sql(rows));
    });

    test('a dump without triggers and routines ends with 0; the preflight names the right to add', async () => {
      await stand.sql(
        "create user careful@'%' identified by 'x'; grant select, show view on shop.* to careful@'%';",
      );
      const tool = flavour === 'mysql' ? ['mysqldump', '--set-gtid-purged=OFF'] : ['mariadb-dump'];
      const bare = await outputOf([
        ...['docker', 'exec', stand.container, ...tool, '-ucareful', '-px', '--single-transaction'],
        ...['--routines', '--triggers', '--no-tablespaces', 'shop'],
      ]);
      expect(bare).toContain('-- Dump completed');
      expect(bare).not.toMatch(/create.*trigger|procedure/i);

      const database = await stand.database({ user: 'careful' }, 'x');
      const { problems } = await engine.inspect(database);
      expect(problems.map(({ path }) => path)).toEqual(['user', 'user']);
      const grants = problems.map(({ fix }) => /GRANT .*;/.exec(fix)?.[0] ?? '');
      await stand.sql(grants.join('\n'));
      const taken = await take(database);
      await engine.readBack(database, taken);
      expect(taken.manifest.objectCounts).toMatchObject({ triggers: 1, routines: 2, events: 1 });

      const more = {
        ...taken.manifest,
        objectCounts: { ...taken.manifest.objectCounts, triggers: 2 },
      };
      await expect(engine.readBack(database, { ...taken, manifest: more })).rejects.toThrow(
        'triggers: 2 in the database, 1 in the dump',
      );
    });

    test('a killed connection, a killed tool, a table that stays locked and a full disk fail the dump', async () => {
      const database = await stand.database();
      const seen = await inspected(database);
      const locked = await hold('lock tables gate write');
      const tool = flavour === 'mysql' ? 'mysqldump ' : 'mariadb-dump ';
      for (const kill of [() => Promise.resolve(), () => killIn(stand.container, tool, 'shop')]) {
        const killed = patient.dump(database, seen, await folder());
        const failure = expect(killed).rejects.toThrow(/(dump|mysqldump) ended with code/);
        const session = await untilWaiting('Waiting for table metadata lock');
        await kill();
        // That of a killed tool may wait on, or be gone.
        await stand.client(`kill ${session};`);
        await failure;
      }
      await expect(engine.dump(database, seen, await folder())).rejects.toThrow(
        /the dump waited 2 s for a lock|ended with code \d+.*(1205|Lock wait timeout)/s,
      );
      await locked.release();

      const full = await folder();
      symlinkSync('/dev/full', join(full, 'dump.sql.gz'));
      await expect(engine.dump(database, seen, full)).rejects.toThrow('No space left');
    });

    test('a dump that is given up leaves no tool at work in the container', async () => {
      const database = { ...(await stand.database()), mark: `test/${flavour}` };
      const locked = await hold('lock tables gate write');
      const dump = patient.dump(database, await inspected(database), await folder());
      const failure = expect(dump).rejects.toThrow('ended with code');
      await untilWaiting('Waiting for table metadata lock');
      await endWork(database.host, { ...database, containers: [stand.container] });
      await failure;
      const tools = await outputOf(['docker', 'top', stand.container, '-eo', 'pid,args']);
      expect(tools).not.toMatch(/dump|--unbuffered/);
      await locked.release();
    });

    test('a table that is altered under the dump makes it begin again', async () => {
      const database = await stand.database();
      const seen = await inspected(database);
      const gate = await hold('lock tables gate write');
      const dump = patient.dump(database, seen, await folder());
      dump.catch(() => undefined);
      await untilWaiting('Waiting for table metadata lock');
      await stand.sql('alter table shop.late add column more int, algorithm=copy;');
      await gate.release();
      expect((await dump).record.facts['repeated']).toContain('altered');
    });

    test('a cut file, a flipped bit and a missing end are found by reading', async () => {
      const database = await stand.database();
      const taken = await take(database);
      const file = join(taken.folder, 'dump.sql.gz');
      const whole = readFileSync(file);
      const flipped = Buffer.from(whole);
      flipped[whole.length >> 1] = (flipped[whole.length >> 1] ?? 0) ^ 1;
      const withoutEnd = gunzipSync(whole)
        .toString()
        .replace(/\n-- Dump completed on.*\n$/, '\n');
      for (const bad of [
        whole.subarray(0, whole.length - 9),
        flipped,
        gzipSync(withoutEnd),
        Buffer.alloc(0),
      ]) {
        writeFileSync(file, bad);
        await expect(engine.readBack(database, taken)).rejects.toThrow(/could not read|not whole/);
      }
    });

    test('a restore that fails says nothing of the rows', async () => {
      const database = await stand.database();
      const taken = await take(database);
      const text =
        "create table t (a varchar(60) primary key); insert into t values ('canary-row'),('canary-row');";
      writeFileSync(join(taken.folder, 'dump.sql.gz'), gzipSync(text));
      const facts = {
        ...taken.manifest.facts,
        database: 'broken',
        createDatabase: 'create database broken',
      };
      const thrown = await engine
        .prove(database, { ...taken, manifest: { ...taken.manifest, facts } }, shared)
        .catch((error: unknown) => inspect(error));
      expect(thrown).toContain('ERROR 1062');
      expect(thrown).not.toContain('canary-row');
    });

    test('whoever may log in is found; who may not is told so', async () => {
      await docker(['exec', '-i', stand.container, 'sh', '-c', 'cat >/tmp/secret'], {
        stdin: rootPassword,
      });
      const byFile = { [`${flavour.toUpperCase()}_ROOT_PASSWORD_FILE`]: '/tmp/secret' };
      await inspected(await stand.database({}, null, byFile));
      await inspected(await stand.database({ user: 'root' }, rootPassword, {}));
      const { problems } = await engine.inspect(
        await stand.database({ user: 'root' }, 'wrong', {}),
      );
      expect(problems).toMatchObject([
        { path: 'user', says: expect.stringContaining('Access denied') },
      ]);
      const absent = await engine.inspect(await stand.database({ database: 'shpo' }));
      expect(absent).toMatchObject({ standing: 'absent', problems: [] });
      await stand.sql('create database nothing;');
      expect((await engine.inspect(await stand.database({ database: 'nothing' }))).standing).toBe(
        'empty',
      );
      const hidden = await engine.inspect(
        await stand.database({ user: 'careful', database: 'nothing' }, 'x'),
      );
      expect(hidden.problems.map(({ path }) => path)).toContain('user');
    });

    test('a dump tool that is older than the server is refused with both versions', async () => {
      // A stand-in: an old tool cannot be had here, so the real one's name answers with an old version.
      const tool = flavour === 'mariadb' ? 'mariadb-dump' : 'mysqldump';
      const old =
        flavour === 'mariadb'
          ? 'mariadb-dump from 10.6.1-MariaDB'
          : 'mysqldump  Ver 5.7.44 for Linux';
      const path = `/usr/local/bin/${tool}`;
      const script = `printf '#!/bin/sh\\necho "%s"\\n' '${old}' >${path}; chmod 755 ${path}`;
      await docker(['exec', stand.container, 'sh', '-c', script]);
      const { problems } = await engine.inspect(await stand.database());
      await docker(['exec', stand.container, 'rm', path]);
      expect(problems).toMatchObject([
        {
          path: 'service',
          says: expect.stringMatching(/(10\.6\.1|5\.7\.44), the server \w+ \d+\./),
        },
      ]);
    });

    test('a managed one is reached by its URL, over TLS', async () => {
      const user = `root:${encodeURIComponent(rootPassword)}`;
      const url = `mysql://${user}@${await stand.address()}/shop?ssl-mode=REQUIRED`;
      const database = await stand.managed(url);
      const watched = commandLines();
      const taken = await take(database);
      await engine.readBack(database, taken);
      const seen = watched.end();
      expect(seen.filter((line) => /-dump|mysqldump/.test(line))).not.toEqual([]);
      expect(seen.filter((line) => line.includes('canary-of-root'))).toEqual([]);
      expect(JSON.stringify(taken.manifest)).not.toContain('canary-of-root');
    });

    test('with its tables locked, what no snapshot holds is one moment too', async () => {
      const database = await stand.database({ lockTables: true });
      const seen = await inspected(database);
      expect(seen.warnings).toEqual([]);
      const taken = await take(database);
      expect(taken.manifest.consistency).toBe('per-db');
      await engine.readBack(database, taken);
    });

    test('a backup takes the place of what is there now, which stays beside it', async () => {
      const database = await stand.database();
      const taken = await take(database);
      const rows = 'select * from shop.orders order by id';
      const before = await stand.sql(rows);
      const order = { tag: 'r1', check: () => undefined, tell: () => undefined };
      const checked = {
        ...order,
        check: () => {
          throw new Error('not the same');
        },
      };
      await expect(engine.restore(database, taken, checked)).rejects.toThrow('not the same');

      await stand.sql(
        'use shop; drop view known; drop function one; delete from orders where id > 10; create table extra (id int); create view added as select 1;',
      );
      const damaged = await stand.sql(rows);
      const locked = await hold('lock tables orders write');
      await expect(engine.restore(database, taken, order)).rejects.toThrow('1205');
      await locked.release();
      expect(await stand.sql(rows)).toBe(damaged);
      const objects = `select count(*) from information_schema.triggers where trigger_schema = 'shop';
      select count(*) from information_schema.events where event_schema = 'shop';
      select count(*) from information_schema.schemata where schema_name like 'shop%';`;
      expect(await stand.sql(objects)).toBe('1\n1\n1');

      // At the last moment somebody makes a table that the backup has too: nothing moves, and triggers and events are back.
      await stand.sql('drop table shop.late;');
      const late = order.tell;
      const told = (text: string): void => {
        if (text.includes('change places')) stand.sqlNow('create table shop.late (mine int);');
        late();
      };
      await expect(engine.restore(database, taken, { ...order, tell: told })).rejects.toThrow(
        '1050',
      );
      expect(await stand.sql(objects)).toBe('1\n1\n1');
      expect(await stand.sql(rows)).toBe(damaged);

      await stand.sql('create database shop_restore_7_20260101t000000;');
      const restored = await engine.restore(database, taken, order);
      expect(restored.rowCounts).toEqual(taken.manifest.rowCounts);
      expect(restored.objectCounts).toEqual(taken.manifest.objectCounts);
      expect(restored.kept).toContain('shop_before_r1');
      expect(await stand.sql(rows)).toBe(before);
      expect(await stand.sql(rows.replace('shop.', 'shop_before_r1.'))).toBe(damaged);
      const now = await inspected(database);
      expect(now.facts['database']).toBe('shop');
      const again = await take(database);
      expect(again.manifest.objectCounts).toEqual(taken.manifest.objectCounts);
      expect(
        await stand.sql(
          "update shop.orders set note = 'a' where id = 1; select note from shop.orders where id = 1; select shop.one()",
        ),
      ).toBe('A\n1');
      expect(
        await stand.sql(
          "select schema_name from information_schema.schemata where schema_name like 'shop%' order by 1",
        ),
      ).toBe('shop\nshop_before_r1');
    });
  });
}
