import { mkdtempSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from '../../../src/operations/backup/database';
import { files } from '../../../src/operations/backup/engines/files';
import { redisEngine } from '../../../src/operations/backup/engines/redis';
import { sqlite } from '../../../src/operations/backup/engines/sqlite';
import type { DatabaseEngine } from '../../../src/operations/backup/database-engine';
import type { DatabaseSettings } from '../../../src/domain/backup/database';
import { connectSsh } from '../../../src/platform/ssh/ssh-host';
import type { Host } from '../../../src/platform/host';
import { DatabaseStand, takenIn } from '../../support/backup/database-stand';
import { storeImage } from '../../support/backup/store-image';
import { startEnvironment, type Environment } from '../../support/environment';
import { docker } from '../../support/run-command';
import type { Server } from '../../support/server';

const stand = new DatabaseStand();
const volume = `shiplock-test-uploads-${process.pid}`;
let image = '';

beforeAll(async () => {
  image = await storeImage('sqlite');
  const fill = `cd /data; umask 022
    printf one > 'with
a line break'; printf two > -dash; printf three > 'space  f and	tab'; printf four > "quote'\\"\\\\back"
    mkdir -m 2770 'folder:with=signs'; printf five > 'folder:with=signs/*.x'; chown 1234:4321 'folder:with=signs/*.x'; chmod 4711 -- -dash
    ln -s '../else//where' link; ln -- -dash hard; mkfifo pipe; truncate -s 5M sparse; mkdir empty
    setfattr -n user.note -v kept -- -dash; setfacl -m u:1234:r 'space  f and	tab'`;
  await docker(['run', '--rm', '-v', `${volume}:/data`, image, 'sh', '-ec', fill]);
});

afterAll(async () => {
  await docker(['volume', 'rm', '--force', volume]);
  await stand.end();
});

const database = (...paths: string[]): Promise<Database> =>
  stand.database(null, { engine: 'files', paths });

/** A folder with a few files. */
function folderWith(names: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(stand.folder, 'app '));
  for (const [name, text] of Object.entries(names)) writeFileSync(join(folder, name), text);
  return folder;
}

const problemsOf = async (...paths: string[]): Promise<readonly string[]> =>
  (await files.inspect(await database(...paths))).problems.map(
    ({ says, fix }) => `${says}. ${fix}`,
  );

test('paths and a volume with names of every kind: all of it is unpacked as it was', async () => {
  const folder = folderWith({ '.env': 'SECRET=1', 'docker-compose.yml': 'services: {}' });
  const all = await database(folder, join(folder, '.env'), `volume:${volume}`);
  const taken = await stand.take(files, all);
  expect(taken.dump.record.consistency).toBe('exact');
  expect(taken.dump.record.facts['changed']).toBe('');
  const proof = await stand.prove(files, all, taken);
  const counts = { [folder]: 2, [join(folder, '.env')]: 1, [`volume:${volume}`]: 9 };
  expect(taken.manifest.rowCounts).toEqual(counts);
  expect(proof.rowCounts).toEqual(counts);
  expect(readdirSync(taken.folder)).not.toContain('scratch');

  const look = `mkdir /out; tar -xf /backup/3.tar -C /out --acls --xattrs --xattrs-include='*' --numeric-owner; cd /out
    getfattr --only-values -n user.note -- -dash; echo; getfacl -c 'space  f and	tab' | grep 1234; stat -c '%a %u:%g %h' -- -dash 'folder:with=signs/*.x'
    readlink link; stat -c %F pipe; stat -c '%a' 'folder:with=signs'`;
  const said = await docker([
    'run',
    '--rm',
    '-v',
    `${taken.folder}:/backup`,
    image,
    'sh',
    '-c',
    look,
  ]);
  expect(said.split('\n')).toEqual([
    ...['kept', 'user:1234:r--', '4711 0:0 2', '644 1234:4321 1', '../else//where', 'fifo', '2770'],
  ]);
});

describe('a file that is written to while it is read', () => {
  test('is named, the backup says best effort, and all others are still compared', async () => {
    const folder = folderWith({ still: 'x' });
    const grow = 'while :; do date >>/data/log; done';
    writeFileSync(join(folder, 'log'), Buffer.alloc(40_000_000));
    const writer = await stand.run([
      '-v',
      `${folder}:/data`,
      image,
      'sh',
      '-c',
      `${grow} & sleep 600`,
    ]);
    const all = await database(folder);
    const taken = await stand.take(files, all);
    await docker(['pause', writer]);
    expect(taken.dump.record.consistency).toBe('best-effort');
    expect(taken.dump.record.facts['changed']).toContain('/log"');
    await stand.prove(files, all, taken);
  });
});

describe('never passes in silence', () => {
  test('a path that is not there, a volume that is not there, a path from nowhere: all at once', async () => {
    const missing = join(stand.folder, 'uplaods');
    expect(await problemsOf(missing, 'volume:shop_uplaods', 'uploads')).toEqual([
      expect.stringMatching(/there is no volume shop_uplaods.*whole name/),
      expect.stringContaining('uploads does not begin at the root'),
      expect.stringContaining(`${missing} is not there`),
    ]);
  });

  test('a volume that lies elsewhere: its folder is empty unless something uses it', async () => {
    const name = `${volume}-elsewhere`;
    const options = ['type=none', 'o=bind', `device=${stand.folder}`];
    await docker(['volume', 'create', ...options.flatMap((one) => ['--opt', one]), name]);
    expect(await problemsOf(`volume:${name}`)).toEqual([expect.stringContaining('lies elsewhere')]);
    await docker(['volume', 'rm', name]);
  });

  test('the folder that holds the backups', async () => {
    const all = await database(stand.folder);
    await expect(stand.take(files, all)).rejects.toThrow('holds the folder of the backups');
  });

  test('an archive that was cut between two files, which tar reads with exit 0', async () => {
    const folder = folderWith({ a: 'x'.repeat(2000), b: 'y' });
    const all = await database(folder);
    const taken = await stand.take(files, all);
    const archive = join(taken.folder, '1.tar');
    truncateSync(archive, 512 * 2);
    await expect(files.readBack(all, taken)).rejects.toThrow(/tar --list/);
  });

  test('a byte that is another one, in the archive or in what was read from the disk', async () => {
    const folder = folderWith({ a: 'x'.repeat(3000) });
    const all = await database(folder);
    const taken = await stand.take(files, all);
    const swap = `sed -i 's/xxxx/xxyx/' ${join('/backup', '1.tar')}`;
    await docker(['run', '--rm', '-v', `${taken.folder}:/backup`, image, 'sh', '-c', swap]);
    await expect(stand.prove(files, all, taken)).rejects.toThrow(/1 differ, such as ".*\/a"/);
  });
});

describe('on a server, over SSH, as a user who is not root', () => {
  const full = '/srv/full';
  let environment: Environment;
  let server: Server;
  let host: Host;
  let nodeImage = '';

  beforeAll(async () => {
    environment = await startEnvironment();
    nodeImage = environment.keeperImage;
    const redis = await environment.pushImage(await storeImage('redis'), 'shiplock-test/redis:8');
    server = await environment.startServer({
      name: 'files1',
      images: [nodeImage, redis],
      disks: { [full]: '2m' },
    });
    const data = `mkdir -p /srv/shop/keys; echo key >/srv/shop/keys/tls; chmod 600 /srv/shop/keys/tls; chown 33:33 /srv/shop/keys/tls
      head -c 3000000 /dev/urandom >/srv/letters; mkdir /srv/data; chown deploy /srv/data ${full}`;
    await server.exec(['sh', '-c', data], { user: 'root' });
    const fast = ['redis-server', '--repl-diskless-sync-delay', '0', '--save', ''];
    await server.docker(['run', '--detach', '--name', 'cache', redis, ...fast]);
    host = await connectSsh({
      destination: { user: 'deploy', host: server.host, port: server.sshPort },
      privateKey: server.privateKey,
      knownHosts: [await server.knownHosts()],
    });
  }, 300_000);

  afterAll(async () => {
    await host.close();
    await environment.stop();
  });

  const there = async (settings: Partial<DatabaseSettings>): Promise<Database> => ({
    ...(await stand.database(null, settings)),
    host,
    nodeImage,
  });

  test("reads what only root may, by the host's own tools, and the backup is the user's", async () => {
    const write = ['-v', 'shop_uploads:/data', nodeImage, 'sh', '-c', 'echo 1 > /data/one'];
    await server.docker(['run', '--rm', ...write]);
    const folder = (await host.exec(['mktemp', '-d'])).stdout.trim();
    const all = await there({ engine: 'files', paths: ['/srv/shop', 'volume:shop_uploads'] });
    const seen = await files.inspect(all);
    expect(seen.problems).toEqual([]);
    const taken = takenIn(folder, await files.dump(all, seen, folder));
    await files.readBack(all, taken);
    const none = () => Promise.reject(new Error('no scratch server is needed'));
    const proof = await files.prove(all, taken, none);
    expect(proof.rowCounts).toEqual({ '/srv/shop': 1, 'volume:shop_uploads': 1 });
    const owners = await host.exec(['find', folder, '-mindepth', '1', '!', '-user', 'deploy']);
    expect(owners.stdout).toBe('');
  });

  /** Each has more than the full disk takes. */
  const large: Readonly<Record<string, () => Promise<readonly [DatabaseEngine, Database]>>> = {
    files: async () => [files, await there({ engine: 'files', paths: ['/srv/letters'] })],
    SQLite: async () => {
      const fill = `import { DatabaseSync } from 'node:sqlite';
        new DatabaseSync('/data/app.db').exec('CREATE TABLE t AS SELECT randomblob(3000000) AS x')`;
      const node = ['node', '--input-type=module', '--eval', fill];
      await server.docker(['run', '--rm', '-v', '/srv/data:/data', nodeImage, ...node]);
      return [sqlite, await there({ engine: 'sqlite', paths: ['/srv/data/app.db'] })];
    },
    Redis: async () => {
      const fill = `local t = {} for i = 1, 200000 do t[i] = math.random() .. i end redis.call('SET', 'big', table.concat(t))`;
      await server.docker(['exec', 'cache', 'redis-cli', 'EVAL', fill, '0']);
      const [id = '', imageId = ''] = (
        await server.docker(['inspect', '--format', '{{.Id}} {{.Image}}', 'cache'])
      ).split(' ');
      const place = { at: 'container', id, imageId, project: null, mounts: [] } as const;
      const database = await there({ engine: 'redis', service: 'cache' });
      return [redisEngine('redis'), { ...database, place: { ...place, environment: new Map() } }];
    },
  };

  test.each(Object.entries(large))(
    'a disk that is full fails a dump of %s, and says so',
    async (_, make) => {
      const [engine, database] = await make();
      const seen = await engine.inspect(database);
      expect(seen).toMatchObject({ problems: [], standing: 'filled' });
      const folder = (await host.exec(['mktemp', '-d', '-p', full])).stdout.trim();
      await expect(engine.dump(database, seen, folder)).rejects.toThrow(
        /no space left on device|disk is full/i,
      );
      await host.exec(['rm', '-r', folder]);
    },
  );
});
