import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import type { BackupManifest } from '../../../src/domain/records/backup';
import { openBackupSite, type BackupSite } from '../../support/backup/site';
import { postgresImage } from '../../support/backup/postgres';
import { startEnvironment, type Environment } from '../../support/environment';
import { loginInputs } from '../../support/login-inputs';
import { startObjectServer, type ObjectServer } from '../../support/object-server';
import { watchCommandLines } from '../../support/release/watch';
import type { RunHandle, RunResult } from '../../support/runner/runner';
import type { Server } from '../../support/server';
import { until } from '../../support/until';
import { startSftpRepository, type SftpRepository } from '../../support/sftp-repository';

const password = 'canary-over-the-wire-19e0';
const disk = '/var/lib/shiplock';
const keys = {
  accessKey: 'backup-writer',
  secretKey: 'canary-of-the-bucket',
  repository: 'canary-of-the-repository',
};

let environment: Environment;
let server: Server;
let site: BackupSite;
let login: Readonly<Record<string, string>>;
let image: string;
let bucket: ObjectServer;
let repository: SftpRepository;
let identity: string;

beforeAll(async () => {
  environment = await startEnvironment();
  bucket = await startObjectServer(['backups'], keys);
  repository = await startSftpRepository(keys.repository);
  identity = await generateX25519Identity();
  image = await environment.pushImage(await postgresImage(), 'shiplock-test/postgres:17');
  server = await environment.startServer({
    name: 'pghost',
    images: [image],
    disks: { [disk]: '320m' },
  });
  await server.exec(['chown', 'deploy', disk]);
  await startDatabase();
  login = await loginInputs(environment, server);
  site = await openBackupSite('pgwire');
  await site.configure([{ engine: 'postgres', service: 'db', 'password-env': 'DB_PASSWORD' }]);
}, 600_000);

afterAll(async () => {
  await bucket.stop();
  await repository.stop();
  await site.close();
  await environment.stop();
});

async function startDatabase(): Promise<void> {
  await server.docker([
    ...['run', '--detach', '--name', 'db', '--env', 'POSTGRES_DB=shop'],
    ...['--label', 'com.docker.compose.project=shop', '--label', 'com.docker.compose.service=db'],
    ...['--label', 'com.docker.compose.oneoff=False', image],
  ]);
  await until(async () => {
    const { code } = await server.exec(['docker', 'exec', 'db', 'pg_isready', '-h', '127.0.0.1']);
    return code === 0;
  });
  await sql('create table notes as select i, md5(i::text) from generate_series(1, 500) i', 'shop');
  await sql('create database big', 'shop');
  await sql(
    `create table rows as select i, (select string_agg(md5(random()::text || i || j), '') from generate_series(1, 12) j) as body from generate_series(1, 200000) i`,
    'big',
  );
}

function sql(text: string, database: string): Promise<string> {
  return server.docker(
    [
      ...['exec', '-i', 'db', 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1'],
      '-U',
      'postgres',
      '-d',
      database,
    ],
    { stdin: text },
  );
}

const start = (inputs: Readonly<Record<string, string>> = {}): RunHandle =>
  site.start({ ...login, ...inputs }, { env: { DB_PASSWORD: password }, secrets: [password] });

const run = (inputs: Readonly<Record<string, string>> = {}): Promise<RunResult> =>
  start(inputs).done;

const big = { engine: 'postgres', service: 'db', database: 'big', verify: 'read' };

/** Waits until a part of the dump is on the server's disk. */
async function dumping(handle: RunHandle): Promise<void> {
  await handle.seen(/dumping/);
  await until(async () => {
    const found = await server.exec([
      'find',
      disk,
      '-name',
      'database.dump',
      '-size',
      '+1M',
      '-path',
      '*partial*',
    ]);
    return found.stdout !== '';
  });
}

const published = async (): Promise<readonly string[]> => {
  const { stdout } = await server.exec(['find', disk, '-name', 'manifest.json']);
  return stdout.split('\n').filter((line) => line !== '');
};

const partials = async (): Promise<string> =>
  (await server.exec(['find', disk, '-name', '.partial-*'])).stdout;

test('a backup on a server is proven there, and its password stands on no command line on either side', async () => {
  const stop = await watchCommandLines(server, [password]);
  const done = await run();
  const seen = await stop();
  expect(done).toMatchObject({
    exitCode: 0,
    outputs: { verdict: 'proven', 'verify-level': 'restore', rows: '500' },
  });
  expect(done.outputs['path']).toMatch(new RegExp(`^${disk}/.*/backups/1-postgres-db$`));
  expect(seen.hits).toEqual([]);
  expect(seen.looks.server).toBeGreaterThan(100);
  const { stdout } = await server.exec(['grep', '-rlF', password, disk]);
  expect(stdout).toBe('');
});

test('a connection that is lost during the dump leaves no backup, and the next run clears what it left', async () => {
  const before = await published();
  const handle = start(big);
  await dumping(handle);
  await server.dropSshConnections();
  const lost = await handle.done;
  expect(lost.exitCode).not.toBe(0);
  expect(lost.log).toMatch(/connection was lost|closed the connection/);
  expect(await published()).toEqual(before);
  // What was started there goes on for a while: until then its folder is left to it.
  await until(async () => (await server.exec(['pgrep', '-f', 'pg_dump'])).code !== 0);
  expect(await run(big)).toMatchObject({ exitCode: 0, outputs: { verdict: 'proven' } });
  expect(await published()).toHaveLength(before.length + 1);
  expect(await partials()).toBe('');
});

test('a disk that fills up during the dump leaves no backup, and no rest that takes room', async () => {
  const before = await published();
  const handle = start(big);
  await dumping(handle);
  await server.exec(['dd', 'if=/dev/zero', `of=${disk}/filler`, 'bs=1M']);
  const full = await handle.done;
  await server.exec(['rm', `${disk}/filler`]);
  expect(full).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed' } });
  expect(full.log).toMatch(/no space left on device/i);
  expect(await published()).toEqual(before);
  expect(await partials()).toBe('');
});

test('a disk without room is refused before anything is begun', async () => {
  await server.exec(['dd', 'if=/dev/zero', `of=${disk}/filler`, 'bs=1M', 'count=200']);
  const refused = await run(big);
  await server.exec(['rm', `${disk}/filler`]);
  expect(refused).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
  expect(refused.log).toMatch(/are free, .* are needed for the dump/);
});

describe('copies off the server', () => {
  /** Ids of the backups of one run, in the order of the configuration. */
  let ids: readonly string[];

  beforeAll(async () => {
    await sql('create database ledger', 'shop');
    await sql('create database letters', 'shop');
    for (const database of ['ledger', 'letters'])
      await sql('create table lines as select i from generate_series(1, 70) i', database);
  });

  const copying = (inputs: Readonly<Record<string, string>>): Promise<RunResult> =>
    site.start(
      {
        ...login,
        ...{ 's3-access-key': keys.accessKey, 's3-secret-key': keys.secretKey },
        ...{ 'restic-password': keys.repository, ...inputs },
      },
      {
        env: { ...repository.environment, DB_PASSWORD: password },
        secrets: [password, keys.secretKey, keys.repository],
      },
    ).done;
  const restoring = (inputs: Readonly<Record<string, string>> = {}): Promise<RunResult> => {
    const confirm = `postgres:db ${ids[0] ?? ''}`;
    const asked = { mode: 'restore', 'backup-id': ids[0] ?? '', target: 'postgres:db' };
    return copying({ ...asked, confirm, 'age-identity': identity, ...inputs });
  };
  const spoilAndLose = async (): Promise<void> => {
    await sql('truncate notes', 'shop');
    await server.exec(['sh', '-c', `rm -rf ${disk}/${site.app}/production/backups`]);
  };
  const rows = (): Promise<string> => sql('select count(*) from notes', 'shop');
  const object = (): string =>
    join(bucket.folder, 'backups', site.app, 'production', ids[0] ?? '', 'database.dump.age');
  const configure = async (inBucket: boolean, inRepository: boolean): Promise<void> => {
    const recipient = await identityToRecipient(identity);
    const to = (name: string) => ({
      ...{ engine: 'postgres', service: 'db', 'password-env': 'DB_PASSWORD', verify: 'read' },
      ...(inBucket ? { 'encrypt-to': recipient, 's3-url': `${bucket.url}/${name}` } : {}),
      ...(inRepository ? { 'restic-repository': repository.url } : {}),
    });
    await site.configure([
      to('backups'),
      { ...to('missing'), database: 'ledger' },
      { ...to('backups'), database: 'letters' },
    ]);
  };

  test('are made of several databases in one run; one that fails keeps no other from its own', async () => {
    await configure(true, true);
    const { exitCode, outputs, log } = await copying({});
    expect([log, exitCode, outputs['verdict']]).toEqual([log, 1, 'not-copied']);
    ids = (outputs['id'] ?? '').split(',');
    expect(ids.map((id) => id.replace(/^\d+-/, ''))).toEqual([
      'postgres-db',
      'postgres-ledger',
      'postgres-letters',
    ]);
    expect(log).toContain(`${ids[1] ?? ''} is good on the server, but there is no copy in`);
    expect(log).not.toContain(`${ids[2] ?? ''} is good on the server, but`);
    const made = JSON.parse(outputs['copies'] ?? '[]') as BackupManifest['copies'];
    const places = (id: string) =>
      made.filter(
        ({ url }) => url.includes(`/${id.replace(/^\d+-/, '')}/`) || url.includes(`/${id}/`),
      );
    const ciphers = ids.map((id) => [...new Set(places(id).map(({ cipher }) => cipher))]);
    expect(ciphers).toEqual([['age', 'restic'], ['restic'], ['age', 'restic']]);
  });

  test('one that was lost on the server is restored straight from the bucket', async () => {
    await configure(true, false);
    await spoilAndLose();
    const { exitCode, outputs, log } = await restoring();
    expect([log, exitCode, outputs['verdict']]).toEqual([log, 0, 'restored']);
    expect(await rows()).toBe('500');
  });

  test('and straight from a restic repository over SFTP', async () => {
    await configure(false, true);
    await spoilAndLose();
    const { exitCode, outputs, log } = await restoring();
    expect([log, exitCode, outputs['verdict']]).toEqual([log, 0, 'restored']);
    expect(await rows()).toBe('500');
  });

  describe('that cannot be had', () => {
    let whole: Buffer;

    beforeAll(async () => {
      await configure(true, false);
      await spoilAndLose();
      whole = readFileSync(object());
    });

    const refused = async (says: RegExp, inputs = {}): Promise<void> => {
      const { exitCode, outputs, log } = await restoring(inputs);
      expect([log, exitCode, outputs['verdict']]).toEqual([log, 3, 'refused']);
      expect(log).toMatch(says);
      expect(log).toContain(`${ids[0] ?? ''} is not on the server, and could not be fetched from`);
      const left = await server.exec(['sh', '-c', `ls -A ${disk}/${site.app}/production/backups`]);
      expect(left.stdout).not.toContain(ids[0]);
      expect(await rows()).toBe('0');
    };

    test('for want of an identity, or with another one, changes nothing', async () => {
      await refused(/age cannot open the copy/, {
        'age-identity': await generateX25519Identity(),
      });
      await refused(/`age-identity` is missing/, { 'age-identity': '' });
    });

    test('because its object was cut, or changed, or is gone, changes nothing', async () => {
      writeFileSync(object(), whole.subarray(0, whole.length / 2));
      await refused(/age cannot decrypt the copy/);
      const changed = Buffer.from(whole);
      changed.writeUInt8(changed.readUInt8(whole.length - 40) ^ 1, whole.length - 40);
      writeFileSync(object(), changed);
      await refused(/age cannot decrypt the copy/);
      renameSync(object(), `${object()}.away`);
      await refused(/NoSuchKey/);
      renameSync(`${object()}.away`, object());
    });

    test('or because its repository has another password, changes nothing', async () => {
      await configure(false, true);
      await refused(/wrong password/, { 'restic-password': 'another-one' });
    });

    test('is not written over by another backup of that id, on a server that begins anew', async () => {
      await configure(true, false);
      await sql('insert into notes values (1)', 'shop');
      await server.exec(['sh', '-c', `rm -rf ${disk}/${site.app}`]);
      writeFileSync(object(), whole);
      const before = Number((ids[0] ?? '').split('-')[0]) - 1;
      const base = `${disk}/${site.app}/production/backups`;
      const begin = `mkdir -p ${base} && echo ${before} >${base}/sequence && chown -R deploy ${disk}/${site.app}`;
      await server.exec(['sh', '-c', begin]);
      const { exitCode, outputs, log } = await copying({});
      expect([log, exitCode, outputs['verdict']]).toEqual([log, 1, 'not-copied']);
      expect(log).toContain('is the copy of another backup');
      expect(readFileSync(object()).equals(whole)).toBe(true);
    });
  });
});
