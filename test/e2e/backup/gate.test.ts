import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { lease } from '../../../src/domain/records/state';
import { label } from '../../../src/domain/release/labels';
import {
  arrived,
  ask,
  manifests,
  openSampleSite,
  sampleBase,
  sql,
  type SampleSite,
} from '../../support/backup/sample-site';
import type { Server } from '../../support/server';

let site: SampleSite;
let server: Server;

const backup = [{ engine: 'postgres', service: 'postgres', verify: 'restore' }];
const items = 3000;

beforeAll(async () => {
  site = await openSampleSite({ g1: {}, g2: { schema: 2 }, g3: { schema: 2 }, g4: { schema: 2 } });
  await site.configure({ backup });
  server = await site.server('gate');
}, 600_000);

afterAll(() => site.close());

const read = async (path: string): Promise<string> => (await server.exec(['cat', path])).stdout;

const releaseRecord = async (id: string) =>
  JSON.parse(await read(`${sampleBase}/releases/${id}/release.json`)) as { backups: string[] };

/** The version that answers, who holds the lease, what is left of backups that came to nothing. */
async function standing() {
  const { version } = await ask<{ version: string }>(server, '/api/version');
  const { holder } = lease.parse(JSON.parse(await read(`${sampleBase}/lease`)));
  const list = `ls -d ${sampleBase}/backups/.partial-* 2>/dev/null; exit 0`;
  const { stdout } = await server.exec(['sh', '-c', list]);
  return { version, holder, partial: stdout.trim() };
}

/** Half a minute is as long as a dump waits for a lock by itself: what ends it has to be quicker. */
async function until(holds: () => Promise<boolean>, looks = 25): Promise<void> {
  for (let tries = 0; tries < looks; tries += 1) {
    if (await holds()) return;
    await sleep(500);
  }
  throw new Error('it never came to that');
}

/** Resolves once a keeper runs on the server, or once none does any more. */
const keeperRuns = (wanted: boolean): Promise<void> =>
  until(async () => {
    const argv = ['docker', 'ps', '-q', '--filter', `label=${label.keeper}`];
    return ((await server.exec(argv)).stdout.trim() !== '') === wanted;
  }, 60);

/** What works for a backup at this moment: the database's sessions of ours, and processes in its container that are not the server's own. */
async function atWork(): Promise<string> {
  const top =
    'docker top $(docker ps -q --filter label=com.docker.compose.service=postgres) -eo pid,args';
  const { stdout } = await server.exec(['sh', '-c', top]);
  const tools = stdout.split('\n').filter((line) => /pg_dump|psql.*shiplock|SHIPLOCK/.test(line));
  const sessions = await sql(
    server,
    "select query from pg_stat_activity where application_name = 'shiplock';",
  );
  return [...tools, sessions].join('\n').trim();
}

/** Somebody has the table for as long as the test wants: a dump can only wait for it. */
function lockItems(): () => Promise<void> {
  const held = sql(server, 'begin; lock table items; select pg_sleep(300);').catch(() => undefined);
  return async () => {
    const those = "query like '%pg_sleep(300)%' and pid <> pg_backend_pid()";
    await sql(server, `select pg_terminate_backend(pid) from pg_stat_activity where ${those};`);
    await held;
  };
}

const lastJournal = async (): Promise<string> =>
  (await server.exec(['sh', '-c', `cat $(ls ${sampleBase}/journal/*.jsonl | tail -n 1)`])).stdout;

describe('a release rests on its backup', () => {
  test('the first one: a database that has nothing yet is noted, and passes', async () => {
    arrived(await site.deploy('g1', server));
    const [first] = await manifests(server);
    expect(first).toMatchObject({ engine: 'postgres', empty: true, release: null });
    expect(await releaseRecord('1-g1')).toMatchObject({ backups: [first?.id] });
    await sql(
      server,
      `insert into items (name) select 'item ' || n || repeat('x', 200) from generate_series(1, ${items}) n;`,
    );
  });

  test('a dry run says what would be backed up, and takes nothing', async () => {
    const result = arrived(await site.deploy('g2', server, { 'dry-run': 'true' }));
    expect(result.log).toMatch(/postgres:postgres, about .* restored into a scratch server before/);
    expect(await manifests(server)).toHaveLength(1);
  });

  test('the next one: proven before the migration, named by record and summary', async () => {
    const result = arrived(await site.deploy('g2', server));
    const taken = (await manifests(server)).at(-1);
    expect(taken).toMatchObject({ empty: false, release: '1-g1', verify: { level: 'restore' } });
    expect(taken?.rowCounts['public.items']).toBe(items);
    expect(await releaseRecord('2-g2')).toMatchObject({ backups: [taken?.id] });
    expect(result.summary).toContain(`**Backup of this release:** \`${taken?.id ?? ''}\``);
    const journal = await lastJournal();
    expect(journal.indexOf('"step":"backup","phase":"done"')).toBeLessThan(
      journal.indexOf('"step":"migrate","phase":"intent"'),
    );
  });
});

describe('without a proven backup nothing is released', () => {
  test('one that is too small to be believed: nothing is migrated, the old version serves', async () => {
    await sql(server, 'delete from items;');
    const before = await manifests(server);
    const result = await site.deploy('g3', server);
    expect(result).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed' } });
    expect(result.log).toMatch(/too small to be believed/);
    expect(await lastJournal()).not.toContain('"step":"migrate"');
    expect(await manifests(server)).toEqual(before);
    expect(await standing()).toEqual({ version: 'g2', holder: null, partial: '' });
  });

  test('cancelled while it dumps: what was begun is gone, the old version serves', async () => {
    const before = await manifests(server);
    const unlock = lockItems();
    const run = await site.startDeploy('g3', server);
    await run.seen(/dumping postgres/);
    await until(async () => (await atWork()).includes('pg_dump'));
    run.cancel();
    const result = await run.done;
    expect(await atWork()).toBe('');
    expect(result).toMatchObject({ conclusion: 'cancelled', outputs: { verdict: 'failed' } });
    expect(result.log).toMatch(/failed, BLUE/);
    expect(await standing()).toEqual({ version: 'g2', holder: null, partial: '' });
    expect(await manifests(server)).toEqual(before);
    await unlock();
  });

  test('killed while it dumps: the server ends the dump and undoes what was begun', async () => {
    const before = await manifests(server);
    const unlock = lockItems();
    const run = await site.startDeploy('g3', server);
    await run.seen(/dumping postgres/);
    await keeperRuns(true);
    await until(async () => (await atWork()).includes('pg_dump'));
    run.kill();
    await run.done;
    await until(async () => (await atWork()) === '' && (await standing()).partial === '');
    await keeperRuns(false);
    await unlock();
    expect(await standing()).toMatchObject({ version: 'g2', holder: null });
    expect(await lastJournal()).not.toContain('"step":"migrate"');
    expect(await manifests(server)).toEqual(before);
    const taken = arrived(await site.run('backup', server, { 'allow-shrink': 'true' }));
    expect(taken.outputs['id']).toBe((await manifests(server)).at(-1)?.id);
    expect((await standing()).partial).toBe('');
  });

  test('but one of an earlier step will do, and the record names it', async () => {
    const earlier = (await manifests(server)).at(-1)?.id ?? '';
    const { outputs } = arrived(await site.deploy('g3', server, { 'backup-id': earlier }));
    expect(await releaseRecord(outputs['release'] ?? '')).toMatchObject({ backups: [earlier] });
    expect((await manifests(server)).at(-1)?.id).toBe(earlier);
  });

  test('a backup of an earlier step that is not there, and a reason to go without beside one', async () => {
    const unknown = await site.deploy('g4', server, { 'backup-id': '99-postgres-sample' });
    expect(unknown).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
    expect(unknown.log).toMatch(/names 99-postgres-sample, which is no proven backup/);
    const both = { 'backup-id': '1-postgres', 'skip-backup': 'the disk is full' };
    expect((await site.deploy('g4', server, both)).log).toMatch(/skip-backup/);
  });

  test('unless somebody says why, which the summary shows', async () => {
    const before = await manifests(server);
    const result = arrived(
      await site.deploy('g4', server, { 'skip-backup': 'emptied on purpose' }),
    );
    expect(result.summary).toContain('**skipped by an input:** emptied on purpose');
    expect(await manifests(server)).toEqual(before);
  });
});

describe('the way back of the data', () => {
  test('a rollback names the backup, its age, the time and the command', async () => {
    const result = arrived(await site.run('rollback', server, { version: 'g1' }));
    const full = (await manifests(server)).find(({ empty }) => !empty);
    expect(result.summary).toMatch(/\*\*Schema now:\*\* `0002/);
    expect(result.summary).toMatch(/ old\n/);
    expect(result.summary).toContain('a restore took');
    const command = `sh ${sampleBase}/backups/${full?.id ?? ''}/restore.sh`;
    expect(result.summary).toContain(command);
  });
});
