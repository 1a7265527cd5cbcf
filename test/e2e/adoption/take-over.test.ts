import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startLoad } from '../../support/load/load';
import { openStream } from '../../support/load/stream';
import { PlainStack, plainProject } from '../../support/plain-stack';
import { pasteable } from '../../support/pasteable';
import { readContainers, readRecords, snapshot } from '../../support/release/facts';
import { keeperEnded } from '../../support/release/settled';
import { openSite, stackFolder, type Site } from '../../support/release/site';
import { letVisitorsIn, type Visitors } from '../../support/release/visitors';

let site: Site<'v0' | 'v1' | 'v2' | 'v3' | 'bad'>;
let stack: PlainStack;
let visitors: Visitors | null = null;

const proxy = { kind: 'nginx', service: 'nginx', 'config-dir': 'nginx/shiplock' };
const folder = `${stackFolder}/nginx/shiplock/dinghy-production`;
const running = ['web-1 running unless-stopped', 'worker-1 running unless-stopped'];
const parked = ['web-1 exited no', 'worker-1 exited no'];

/** Who serves, once the proxy has come up again. */
async function servedAgain(): Promise<string> {
  for (let left = 50; ; left -= 1) {
    const served = await site.serving().catch((thrown: unknown) => {
      if (left === 0) throw thrown;
      return null;
    });
    if (served !== null) return served;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

beforeAll(async () => {
  site = await openSite({
    name: 'adopt',
    versions: { v0: {}, v1: {}, v2: {}, v3: {}, bad: { failAfterSwitch: 1 } },
    config: { bake: '2s', proxy: { ...proxy, confirm: 'https://dinghy.test/' } },
    server: { ports: [80, 443] },
  });
  stack = new PlainStack(site);
  await stack.start('v0');
}, 600_000);

afterAll(async () => {
  await visitors?.stop();
  await site.close();
});

describe('a proxy that is not prepared', () => {
  test('is refused with all that it takes, and nothing is touched', async () => {
    const before = await snapshot(site.server);
    const result = await site.deploy('v1');
    expect(result).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
    for (const told of [
      /services\.nginx\.volumes: does not mount \/srv\/dinghy\/nginx\/shiplock/,
      /\/etc\/nginx\/conf\.d\/dinghy\.conf \(line 10\): .* names web, which nginx looks up once/,
      /The shorter way: nginx sees \/srv\/dinghy\/nginx\/conf\.d already/,
      /- \.\/nginx\/shiplock:\/etc\/nginx\/shiplock:ro/,
    ]) {
      expect(result.log).toMatch(told);
      expect(result.summary).toMatch(told);
    }
    expect(await snapshot(site.server)).toBe(before);
    const [file, anew] = pasteable(result.log);
    await stack.run(file ?? '');
    await stack.addMount();
    await stack.run(anew ?? '');
    expect(await servedAgain()).toBe('v0');
  });

  test('is told the lines alone once it has the file and the mount', async () => {
    const result = await site.deploy('v1');
    expect(result.outputs['verdict']).toBe('refused');
    expect(result.log).toMatch(/nginx: it does not include/);
    expect(result.log).not.toMatch(/volumes|without the mount/);
    const [, reload] = pasteable(result.log);
    await stack.addLines();
    await stack.run(reload ?? '');
    expect(await site.serving()).toBe('v0');
    // A proxy that is made anew, and a reload, break kept connections: what comes now is the release's.
    visitors = await letVisitorsIn(site);
  });
});

describe('the first release', () => {
  test('is refused where the workers of nginx could not see the markers', async () => {
    await stack.run(`mkdir -p ${folder} && chmod 700 ${folder}`);
    const result = await site.deploy('v1');
    await stack.run(`chmod 755 ${folder}`);
    expect(result).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
    expect(result.log).toContain(`${folder}: cannot be entered by everybody`);
    expect([await site.serving(), await stack.containers()]).toEqual(['v0', running]);
    expect(await visitors?.failures()).toEqual([]);
  });

  test('that turns bad goes back to what ran before, which was never touched', async () => {
    const before = await readContainers(site.server);
    const result = await site.deploy('bad');
    expect(result).toMatchObject({
      exitCode: 1,
      outputs: { verdict: 'rolled-back', previous: '1-adopted', slot: 'adopted' },
    });
    expect(await readContainers(site.server)).toEqual(
      expect.arrayContaining(before.filter(({ labels }) => labels['shiplock.app'] === undefined)),
    );
    expect(await site.serving()).toBe('v0');
    expect((await readRecords(site.server)).state).toBeNull();
    expect(await visitors?.failures()).toEqual([]);
  });

  test('takes over without a failed request or a cut stream, and keeps what ran, stopped', async () => {
    const stream = openStream({ url: site.origin, host: 'dinghy.test', seconds: 4 });
    await stream.opened;
    const url = `https://127.0.0.1:${site.server.port(443)}/`;
    const load = { url, host: 'dinghy.test', rate: 50, connections: 'keep-alive' } as const;
    const secure = await startLoad(load);
    const result = await site.arrive('v1');
    const { failed, versions, examples } = await secure.stop();
    expect([failed, versions.map(({ version }) => version), examples]).toEqual([
      0,
      ['v0', 'v1'],
      [],
    ]);
    expect(result.outputs).toMatchObject({ verdict: 'deployed', previous: '1-adopted' });
    expect(await stream.ended).toMatchObject({ completed: true, versions: ['v0'] });
    expect([await site.serving(), await stack.containers()]).toEqual(['v1', parked]);
    const { state, releases } = await readRecords(site.server);
    expect(state?.previous).toEqual({ release: '1-adopted', slot: 'adopted' });
    expect(releases[0]).toMatchObject({
      id: '1-adopted',
      standing: 'good',
      services: [
        { name: 'web', image: site.images.v0, replicas: 1 },
        { name: 'worker', image: site.images.v0, stopGraceMs: 5000 },
      ],
    });
    expect(await visitors?.failures()).toEqual([]);
  });

  test('has what only the server’s .env knows', async () => {
    const answer = await fetch(`${site.origin}/environment`);
    expect(await answer.json()).toMatchObject({ HARBOUR: 'Cuxhaven', version: 'v1' });
  });
});

describe('a rollback to what ran before', () => {
  test('starts it again, proven, and the next release goes on from there', async () => {
    const result = await site.rollback();
    expect(result).toMatchObject({
      exitCode: 0,
      outputs: { verdict: 'rolled-back', release: '1-adopted', slot: 'adopted' },
    });
    expect([await site.serving(), await stack.containers()]).toEqual(['v0', running]);
    expect(await visitors?.failures()).toEqual([]);
  });

  test('also when the server restarts in the bake of the next one', async () => {
    await visitors?.stop();
    const run = site.startDeploy('v2', { bake: '8s' });
    await run.seen(/^▸ bake/);
    await site.server.restart();
    const result = await run.done;
    await keeperEnded(site);
    expect(['deployed', 'rolled-back']).toContain(result.outputs['verdict']);
    const arrived = result.outputs['verdict'] === 'deployed';
    expect([await site.serving(), await stack.containers()]).toEqual(
      arrived ? ['v2', parked] : ['v0', running],
    );
    if (!arrived) await site.arrive('v2');
    visitors = await letVisitorsIn(site);
  });
});

describe('a later docker compose up', () => {
  test('is named by the next release, its worker is stopped, and nobody notices', async () => {
    await stack.compose('up', '--detach');
    expect(await stack.containers()).toEqual(['web-1 running no', 'worker-1 running no']);
    const result = await site.arrive('v3');
    expect(result.log).toMatch(/warning: web, worker run under plain docker compose/);
    expect(result.summary).toMatch(/worker would take jobs with another version/);
    expect(result.log).toMatch(/stopped beside the release: worker-1/);
    expect([await site.serving(), await stack.containers()]).toEqual([
      'v3',
      ['web-1 running no', 'worker-1 exited no'],
    ]);
    expect(await visitors?.failures()).toEqual([]);
  });
});

test('what ran before goes when no rollback needs it any more, and its volumes stay', async () => {
  await stack.compose('stop', 'web');
  await site.configure({ retain: 0, bake: '1s' });
  await site.arrive('v1');
  expect(await stack.containers()).toEqual([]);
  expect(await site.server.docker(['volume', 'ls', '-q'])).toContain(`${plainProject}_store`);
  const { releases } = await readRecords(site.server);
  expect(releases.map(({ slot }) => slot)).not.toContain('adopted');
  const refused = await site.rollback({ version: 'adopted' });
  expect(refused).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
  expect(await visitors?.failures()).toEqual([]);
});
