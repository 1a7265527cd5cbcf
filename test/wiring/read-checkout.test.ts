import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config/load';
import { ShiplockError } from '../../src/errors';
import { readCheckout } from '../../src/wiring/read-checkout';

let outside = '';
let checkout = '';

const config = (compose: readonly string[], files: readonly string[]) =>
  loadConfig(
    JSON.stringify({
      ...{ app: 'shop', compose, files, directory: '/srv/shop', release: { web: { port: 8000 } } },
      proxy: { kind: 'nginx', service: 'nginx', 'config-dir': 'nginx' },
      verify: [{ url: 'http://shop.example.com/' }],
      environments: { production: { hosts: 'deploy@shop.example.com' } },
    }),
    { file: 'shiplock.yml' },
  );

async function write(path: string, content = path): Promise<void> {
  await mkdir(dirname(join(checkout, path)), { recursive: true });
  await writeFile(join(checkout, path), content);
}

const read = (compose: readonly string[], files: readonly string[] = []) =>
  readCheckout(config(compose, files), checkout);

async function refused(compose: readonly string[], files: readonly string[] = []): Promise<string> {
  const thrown: unknown = await read(compose, files).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(thrown instanceof ShiplockError)) throw new Error('it was not refused');
  expect(thrown.verdict).toBe('refused');
  return thrown.message;
}

beforeEach(async () => {
  outside = await mkdtemp(join(tmpdir(), 'shiplock-outside-'));
  checkout = join(outside, 'checkout');
  await mkdir(checkout);
  await write('docker-compose.yml', 'services: {}\n');
});

afterEach(() => rm(outside, { recursive: true }));

describe('compose files', () => {
  test('of 16 MiB are read, and larger ones refused with that bound', async () => {
    const mebibytes = (count: number) => `services: {}\n#${'x'.repeat(count * 1024 * 1024 - 14)}`;
    await write('large.yml', mebibytes(16));
    expect((await read(['large.yml'])).source.files[0]?.content).toHaveLength(16 * 1024 * 1024);
    await write('large.yml', `${mebibytes(16)}x`);
    expect(await refused(['large.yml'])).toMatch(
      /compose: large\.yml holds more than 16 MiB.*large texts belong into files or images/,
    );
  });

  test('bring what they include and extend, as far as it is in the checkout', async () => {
    await write(
      'deploy/compose.yml',
      `include: [infra/db.yml, ../shared.yml, ../../above.yml, /srv/x.yml, 'oci://x/y', '\${X}.yml', gone.yml]
services: { web: { extends: { file: base/common.yml, service: base }, env_file: [app.env, host.env] } }
secrets: { token: { environment: TOKEN }, odd: { environment: 'not a name' } }
`,
    );
    await write('deploy/infra/db.yml', 'include: [more.yml]\n');
    await write('deploy/infra/more.yml', 'services: {}\n');
    await write('shared.yml', 'services: {}\n');
    await write('deploy/base/common.yml', 'services: { base: { extends: { file: root.yml } } }\n');
    await write('deploy/base/root.yml', 'services: {}\n');
    await write('deploy/app.env', 'A=1\n');
    await write('deploy/host.env', 'not sent\n');
    await writeFile(join(outside, 'above.yml'), 'include: [secret.yml]\n');
    const { source } = await read(['./deploy/compose.yml'], ['deploy/app.env']);
    expect(source.names).toEqual(['deploy/compose.yml']);
    expect(source.files.map(({ path }) => path).sort()).toEqual([
      'deploy/app.env',
      'deploy/base/common.yml',
      'deploy/base/root.yml',
      'deploy/compose.yml',
      'deploy/infra/db.yml',
      'deploy/infra/more.yml',
      'shared.yml',
    ]);
    expect(source.variables).toEqual(['TOKEN']);
  });

  test('a circle of includes ends', async () => {
    await write('docker-compose.yml', 'include: [other.yml]\n');
    await write('other.yml', 'include: [docker-compose.yml]\n');
    expect((await read(['docker-compose.yml'])).source.files).toHaveLength(2);
  });
});

describe('files that go along', () => {
  test('folders come with all that is in them, and what can be run stays so', async () => {
    await write('conf/a.conf');
    await write('conf/deep/run.sh');
    await chmod(join(checkout, 'conf/deep/run.sh'), 0o755);
    await symlink('a.conf', join(checkout, 'conf/link.conf'));
    const { sent } = await read(['docker-compose.yml'], ['conf/']);
    expect(sent.map(({ path }) => path)).toEqual(['conf']);
    const got = sent[0]?.files.map(({ path, content, executable }) => [
      path,
      content.toString(),
      executable,
    ]);
    expect(got).toEqual([
      ['conf/a.conf', 'conf/a.conf', false],
      ['conf/deep/run.sh', 'conf/deep/run.sh', true],
      ['conf/link.conf', 'conf/a.conf', false],
    ]);
  });

  test('everything that is wrong is said at once', async () => {
    await writeFile(join(outside, 'key'), 'secret');
    await symlink(join(outside, 'key'), join(checkout, 'stolen'));
    await mkdir(join(checkout, 'empty'));
    await mkdir(join(checkout, 'round'));
    await symlink('.', join(checkout, 'round/again'));
    const text = await refused(
      ['docker-compose.yml', 'gone.yml'],
      ['missing.conf', 'stolen', 'empty', 'round'],
    );
    for (const part of [
      'the checkout: 5 problems',
      'files[0]: missing.conf is not in the checkout. Fix: ',
      'files[1]: stolen: stolen leads out of the checkout. Fix: ',
      'files[2]: empty is an empty folder. Fix: leave it out',
      'files[3]: round: round/again leads back into a folder that it is in. Fix: ',
      'compose: the compose file gone.yml cannot be read. Fix: ',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('secret');
  });

  test('what is too large, alone or together', async () => {
    await write('big', 'x'.repeat(33 * 1024 * 1024));
    expect(await refused(['docker-compose.yml'], ['big'])).toContain(
      'files[0]: big: holds more than 32 MiB or 5000 files. Fix: ',
    );
    await write('one', 'x'.repeat(17 * 1024 * 1024));
    await write('two', 'x'.repeat(17 * 1024 * 1024));
    expect(await refused(['docker-compose.yml'], ['one', 'two'])).toContain(
      'files: is 34 MiB in all, and at most 32 go along with a release. Fix: ',
    );
  });

  test.each(['../key', '/etc/passwd', 'a/../../key', '..', '.', './', ''])(
    'a path that does not lead into the repository: %j',
    (path) => {
      expect(() => config(['docker-compose.yml'], [path])).toThrow('files');
    },
  );
});
