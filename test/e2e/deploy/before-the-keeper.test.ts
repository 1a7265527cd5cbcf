import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readContainers, readRecords } from '../../support/release/facts';
import { unsettled } from '../../support/release/settled';
import { openSite, stackFolder, type Site } from '../../support/release/site';
import type { RunResult } from '../../support/runner/runner';

// A run that has the lease and no keeper yet is the only one that can free it. Each case is followed at once by a deploy that must go through.

let site: Site<'v1' | 'v2' | 'v3'>;

beforeAll(async () => {
  site = await openSite({ name: 'early', versions: { v1: {}, v2: {}, v3: {} } });
}, 600_000);

afterAll(() => site.close());

/** It said why, and left neither lease nor keeper behind. */
async function free(
  { outputs, log }: RunResult,
  verdict: 'failed' | 'refused',
  why: RegExp,
): Promise<void> {
  expect(log).toMatch(why);
  expect(outputs['verdict']).toBe(verdict);
  expect((await readRecords(site.server)).lease?.holder).toBeNull();
  const keepers = (await readContainers(site.server)).filter(
    ({ labels, state }) => labels['shiplock.keeper'] !== undefined && state !== 'exited',
  );
  expect(keepers).toEqual([]);
}

test('a cancel while the image of the keeper is being pulled', async () => {
  await site.server.docker(['rmi', '--force', site.environment.keeperImage]);
  const run = site.startDeploy('v1');
  await run.seen(/goes into blue/);
  run.cancel();
  const result = await run.done;
  expect(result.conclusion).toBe('cancelled');
  await free(result, 'failed', /The run was cancelled/i);
  await site.arrive('v1');
  expect(await unsettled(site, 'v1')).toEqual([]);
});

test('an include that nginx refuses', async () => {
  const folder = `${stackFolder}/nginx/conf.d`;
  const mistake = `${folder}/mistake.conf`;
  // nginx names one unknown variable at a time, and the first one is what the new include brings.
  const text = 'server { listen 81; return 200 $nobody_knows; }\n';
  await site.server.writeFile(mistake, text, '644', 'deploy');
  const route = 'location /jobs/ { proxy_pass http://$shiplock_worker; }';
  await site.server.exec(['sed', '-i', `s@^  location /@  ${route}\\n&@`, `${folder}/dinghy.conf`]);
  const web = { port: 8080, health: { path: '/healthz', interval: '200ms' } };
  const health = { command: 'true', interval: '200ms' };
  await site.configure({ release: { web, worker: { port: 8080, health } } });
  await free(
    await site.deploy('v2'),
    'refused',
    /with the new include \(the one of before is back\)/,
  );
  expect(await site.serving()).toBe('v1');
  await site.server.exec(['rm', mistake]);
  await site.arrive('v2');
  expect(await unsettled(site, 'v2')).toEqual([]);
});

test('a keeper that cannot start, because its image has no Node', async () => {
  const empty = '127.0.0.1:5000/shiplock-dinghy/empty:1';
  await site.server.exec(['sh', '-c', `tar -cf - -T /dev/null | docker import - ${empty}`]);
  const inputs = { 'keeper-image': empty };
  await free(await site.deploy('v3', inputs), 'failed', /the keeper could not be started: .*node/);
  await site.arrive('v3');
  expect(await unsettled(site, 'v3')).toEqual([]);
});
