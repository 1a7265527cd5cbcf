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

/** Resolves once a keeper runs on the server, or once none does any more. */
async function keeperRuns(wanted: boolean): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    const { stdout } = await server.exec([
      'docker',
      'ps',
      '-q',
      '--filter',
      `label=${label.keeper}`,
    ]);
    if ((stdout.trim() !== '') === wanted) return;
    await sleep(500);
  }
  throw new Error(wanted ? 'no keeper came' : 'the keeper does not end');
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
    const waiting = sql(server, 'begin; lock table items; select pg_sleep(12); commit;');
    const run = await site.startDeploy('g3', server);
    await run.seen(/dumping postgres/);
    run.cancel();
    const result = await run.done;
    expect(result).toMatchObject({ conclusion: 'cancelled', outputs: { verdict: 'failed' } });
    expect(result.log).toMatch(/failed, BLUE/);
    expect(await standing()).toEqual({ version: 'g2', holder: null, partial: '' });
    expect(await manifests(server)).toEqual(before);
    await waiting;
  });

  test('killed while it dumps: the server undoes what was begun, and the next backup clears what is left', async () => {
    const before = await manifests(server);
    const waiting = sql(server, 'begin; lock table items; select pg_sleep(12); commit;');
    const run = await site.startDeploy('g3', server);
    await run.seen(/dumping postgres/);
    await keeperRuns(true);
    run.kill();
    await run.done;
    await waiting;
    await keeperRuns(false);
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
