import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startAsProxysql } from '../../../support/backup/as-proxysql';
import { MysqlStand, rootPassword } from '../../../support/backup/mysql-stand';
import { openBackupSite, type BackupSite } from '../../../support/backup/site';
import { runCommand } from '../../../support/run-command';

const password = 'canary-of-the-dumper "x" \\';
let site: BackupSite;
let stand: MysqlStand;

beforeAll(async () => {
  site = await openBackupSite('mariadbsite');
  stand = await MysqlStand.start('mariadb', [
    ...['--label', `com.docker.compose.project=${site.app}`],
    ...['--label', 'com.docker.compose.service=db', '--label', 'com.docker.compose.oneoff=False'],
  ]);
  await stand.sql(`create database shop; use shop;
create table items (id int primary key, body varchar(60));
insert into items values (1, 'canary-in-a-row'), (2, 'b');
create trigger touch before update on items for each row set new.body = upper(new.body);
create user dumper@'%' identified by '${password.replace('\\', '\\\\')}';
grant select, show view, execute on shop.* to dumper@'%';`);
}, 300_000);

afterAll(async () => {
  await stand.stand.end();
  await site.close();
});

/** What the team writes itself where Shiplock knows no engine; the password is the container's own. */
const export_ = 'MYSQL_PWD="$MARIADB_ROOT_PASSWORD" mariadb-dump -uroot shop items | gzip';

describe('the action', () => {
  test('lists what is wrong with every database before anything is touched', async () => {
    await site.configure(
      [
        { engine: 'mariadb', service: 'db', database: 'shop', user: 'dumper' },
        { engine: 'command', service: 'db', command: 'true', 'verify-command': 'true' },
      ],
      { project: site.app },
    );
    const run = await site.run({ password }, { secrets: [password] });
    expect(run.exitCode).toBe(3);
    expect(run.log).toContain("GRANT TRIGGER, EVENT ON `shop`.* TO 'dumper'@'%';");
    expect(await site.names()).toEqual([]);
  });

  test('takes and proves MariaDB, and what a command prints', async () => {
    await stand.sql("grant trigger, event, show create routine on shop.* to dumper@'%'");
    await site.configure(
      [
        { engine: 'mariadb', service: 'db', database: 'shop', user: 'dumper' },
        {
          engine: 'command',
          service: 'db',
          command: export_,
          'verify-command': 'gzip -dc | grep -q "^-- Dump completed"',
        },
      ],
      { project: site.app },
    );
    const run = await site.run({ password }, { secrets: [password] });
    expect(run).toMatchObject({ exitCode: 0, outputs: { verdict: 'proven' } });
    expect(await site.manifest('1-mariadb-shop')).toMatchObject({
      engine: 'mariadb',
      consistency: 'per-db',
      rowCounts: { items: 2 },
      objectCounts: { tables: 1, triggers: 1 },
      files: [{ name: 'dump.sql.gz', packing: 'gzip' }],
      verify: { level: 'restore', result: 'good' },
    });
    const own = await site.manifest('2-command-db');
    expect(own).toMatchObject({ verify: { level: 'structural' }, restoreMs: null });
    expect(own.stages.map(({ name, exit }) => `${name} ${exit}`)).toEqual([
      'command 0',
      'verify-command 0',
    ]);
    for (const canary of ['canary-of', 'canary-in-a-row']) {
      expect(run.log).not.toContain(canary);
      expect(run.summary).not.toContain(canary);
      expect(JSON.stringify([await site.manifest('1-mariadb-shop'), own])).not.toContain(canary);
    }
  });

  test('ProxySQL in front of the server is refused, though every other question goes through to the server', async () => {
    const proxy = await startAsProxysql(await stand.address());
    const login = `dumper:${encodeURIComponent(password)}`;
    const url = `mysql://${login}@127.0.0.1:${proxy.port}/shop?ssl-mode=DISABLED`;
    await site.configure([{ engine: 'mariadb', service: 'db', 'url-env': 'DATABASE_URL' }], {
      project: site.app,
    });
    const run = await site.run({}, { env: { DATABASE_URL: url }, secrets: [password] });
    proxy.close();
    expect(run).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
    expect(run.log).toContain('backup[0].url-env: (ProxySQL) answers there, not the server');
  });

  test('a command whose pipe breaks on its left side leaves no backup', async () => {
    await site.configure(
      [
        {
          engine: 'command',
          service: 'db',
          command: 'MYSQL_PWD=wrong mariadb-dump -uroot shop | gzip',
          'verify-command': 'gzip -t',
        },
      ],
      { project: site.app },
    );
    const run = await site.run();
    expect(run.exitCode).toBe(1);
    expect(run.log).toContain('command ended with code 2');
    expect(await site.names()).toEqual(['1-mariadb-shop', '2-command-db']);
  });

  test('a view that points nowhere leaves no backup, though with --force the last line would come', async () => {
    const lost = 'create table gone (id int); create view lost as select * from gone;';
    await stand.sql(`use shop; ${lost} drop table gone;`);
    const dump = ['exec', '-e', 'MYSQL_PWD', stand.container, 'mariadb-dump', '-uroot'];
    const forced = await runCommand(['docker', ...dump, '--force', 'shop'], {
      env: { MYSQL_PWD: rootPassword },
    });
    expect(forced.code).not.toBe(0);
    expect(forced.stdout).toContain('-- Dump completed');
    await site.configure([{ engine: 'mariadb', service: 'db', database: 'shop', user: 'dumper' }], {
      project: site.app,
    });
    const run = await site.run({ password }, { secrets: [password] });
    expect(run).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed' } });
    expect(run.log).toMatch(/mariadb-dump ended with code 2.*lost/);
    expect(await site.names()).toEqual(['1-mariadb-shop', '2-command-db']);
    await stand.sql('drop view shop.lost');
  });

  test('a drill restores the newest one again', async () => {
    await site.configure([{ engine: 'mariadb', service: 'db', database: 'shop', user: 'dumper' }], {
      project: site.app,
    });
    const run = await site.run({ mode: 'verify', password }, { secrets: [password] });
    expect(run).toMatchObject({ exitCode: 0, outputs: { 'verify-level': 'restore' } });
  });
});
