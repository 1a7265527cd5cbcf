import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pushCaddy } from '../../support/caddy-image';
import { visitThrough, whole } from '../../support/long-visits';
import { answerAfterMove } from '../../support/moved-container';
import { pasteable } from '../../support/pasteable';
import { readRecords, snapshot } from '../../support/release/facts';
import { openSite, stackFolder, type Site } from '../../support/release/site';
import { letVisitorsIn, type Visitors } from '../../support/release/visitors';

/** The stack of a team behind a Caddy of its own, as it runs under plain Compose. */
const compose = `services:
  caddy:
    image: 127.0.0.1:5000/shiplock-sample/caddy:2.6
    ports: ['80:80']
    volumes: ['./caddy/conf:/etc/caddy:ro']
  web:
    image: 127.0.0.1:5000/shiplock-dinghy/app:\${IMAGE_TAG:-v1}
    restart: unless-stopped
`;
const caddyfile = (...lines: readonly string[]): string =>
  `http:// {\n${lines.map((line) => `\t${line}\n`).join('')}}\n`;
const caddy = { kind: 'caddy', service: 'caddy' };
const config = (configDir: string) => ({
  release: {
    web: { port: 8080, health: { path: '/healthz', interval: '200ms', deadline: '20s' } },
  },
  proxy: { ...caddy, 'config-dir': configDir },
  // Caddy keeps connections open by itself, so all of it is waited.
  drain: '1s',
});

let site: Site<'v0' | 'v1' | 'v2' | 'bad'>;
let visitors: Visitors | null = null;

const asDeploy = async (script: string): Promise<void> => {
  const argv = ['sh', '-ec', `cd ${stackFolder}\n${script}`];
  const { code, stdout, stderr } = await site.server.exec(argv, {
    user: 'deploy',
    timeoutMs: 120_000,
  });
  if (code !== 0) throw new Error(`${script}: ${stdout}${stderr}`);
};
const writeCaddyfile = (...lines: readonly string[]): Promise<void> =>
  site.server.writeFile(
    `${stackFolder}/caddy/conf/Caddyfile`,
    caddyfile(...lines),
    '644',
    'deploy',
  );

beforeAll(async () => {
  const versions = { v0: {}, v1: {}, v2: {}, bad: { failAfterSwitch: 1 } };
  site = await openSite({ name: 'caddy', versions, config: config('caddy/shiplock') });
  await pushCaddy(site.environment);
  await writeFile(join(site.workspace, 'docker-compose.yml'), compose);
  await writeCaddyfile('reverse_proxy web:8080');
  await site.server.writeFile(`${stackFolder}/docker-compose.yml`, compose);
  await site.server.exec(['chown', '-R', 'deploy:', stackFolder]);
  await asDeploy('IMAGE_TAG=v0 docker compose up --detach --quiet-pull');
}, 600_000);

afterAll(async () => {
  await visitors?.stop();
  await site.close();
});

describe('a Caddy that is not prepared', () => {
  test('is refused with the mount, or the shorter way to do without one, and nothing is touched', async () => {
    const before = await snapshot(site.server);
    const { exitCode, outputs, log } = await site.deploy('v1');
    expect([exitCode, outputs['verdict']]).toEqual([3, 'refused']);
    for (const told of [
      'services.caddy.volumes: does not mount /srv/dinghy/caddy/shiplock',
      '- ./caddy/shiplock:/etc/caddy/shiplock:ro',
      'Write config-dir: caddy/conf/shiplock under proxy in shiplock.yml',
    ]) {
      expect(log).toContain(told);
    }
    expect(await snapshot(site.server)).toBe(before);
  });

  test('is refused with the lines, which are enough', async () => {
    await site.configure(config('caddy/conf/shiplock'));
    const { exitCode, log } = await site.deploy('v1');
    expect([exitCode, log]).toEqual([
      3,
      expect.stringContaining('reverse_proxy web:8080 names web'),
    ]);
    const lines = [
      'import /etc/caddy/shiplock/dinghy-production.caddy',
      'reverse_proxy {shiplock_web} {',
      '\tlb_try_duration 8s',
      '}',
    ];
    for (const line of lines) expect(log).toContain(`\n${line}`);
    const [file = 'false', reload = 'false', ...more] = pasteable(log);
    expect(more).toEqual([]);
    await asDeploy(file);
    await writeCaddyfile(...lines);
    await asDeploy(reload);
    expect(await site.serving()).toBe('v0');
    // A reload closes kept connections: who comes now meets the releases alone.
    visitors = await letVisitorsIn(site, 50);
  });
});

describe('visitors meet no failure', () => {
  test('when a release takes over from plain Compose', async () => {
    const { outputs } = await site.arrive('v1');
    expect(outputs).toMatchObject({ verdict: 'deployed', previous: '1-adopted' });
    expect(await site.serving()).toBe('v1');
    expect(await visitors?.failures()).toEqual([]);
  });

  test('when the next one follows; open streams live on until they end', async () => {
    const run = site.startDeploy('v2', { drain: '12s' });
    const { result, stayed, ended } = await visitThrough(run, site.origin, 'dinghy.test');
    expect([result.outputs['verdict'], stayed, await site.serving()]).toEqual([
      'deployed',
      true,
      'v2',
    ]);
    expect(ended).toMatchObject([whole('v1'), whole('v1')]);
    expect(await visitors?.failures()).toEqual([]);
  });

  test('when a later release turns bad', async () => {
    const { outputs } = await site.deploy('bad', { bake: '3s' });
    expect(outputs).toMatchObject({ verdict: 'rolled-back' });
    expect(await site.serving()).toBe('v2');
    expect(await visitors?.failures()).toEqual([]);
  });

  test('when one is taken back', async () => {
    const { outputs } = await site.rollback();
    expect(outputs).toMatchObject({ verdict: 'rolled-back' });
    expect(await site.serving()).toBe('v1');
    expect((await readRecords(site.server)).lease?.holder).toBeNull();
    expect(await visitors?.failures()).toEqual([]);
  });
});

test('a container that comes back under another address is reached again within 5 s', async () => {
  const ask = () => site.serving();
  expect(await answerAfterMove(site.server, 'web', 'v1', ask)).toBe('v1');
});
