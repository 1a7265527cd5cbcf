import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openBackupSite, type BackupSite } from '../../support/backup/site';
import { postgresImage } from '../../support/backup/postgres';
import { startEnvironment, type Environment } from '../../support/environment';
import { loginInputs } from '../../support/login-inputs';
import { watchCommandLines } from '../../support/release/watch';
import type { RunHandle, RunResult } from '../../support/runner/runner';
import type { Server } from '../../support/server';
import { until } from '../../support/until';

const password = 'canary-over-the-wire-19e0';
const disk = '/var/lib/shiplock';

let environment: Environment;
let server: Server;
let site: BackupSite;
let login: Readonly<Record<string, string>>;
let image: string;

beforeAll(async () => {
  environment = await startEnvironment();
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

async function sql(text: string, database: string): Promise<void> {
  await server.docker(
    [
      ...['exec', '-i', 'db', 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1'],
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
