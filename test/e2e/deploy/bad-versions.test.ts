import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { DeployReport } from '../../../src/report/deploy-report';
import { readContainers, readRecords, type ContainerFacts } from '../../support/release/facts';
import { unsettled } from '../../support/release/settled';
import { openSite, type Site } from '../../support/release/site';
import { letVisitorsIn, type Visitors } from '../../support/release/visitors';
import type { RunResult } from '../../support/runner/runner';

const versions = {
  good: {},
  next: {},
  sick: { neverHealthy: true },
  slow: { bootSeconds: 60 },
  fading: { failAfterSwitch: 1 },
  crashing: { crashAfterSwitch: 1 },
  stuck: { failMigration: true },
} as const;

let site: Site<keyof typeof versions>;
let visitors: Visitors;
let old: readonly ContainerFacts[];

const liveContainers = async (): Promise<readonly ContainerFacts[]> =>
  (await readContainers(site.server)).filter(
    ({ labels }) => labels['shiplock.keeper'] === undefined,
  );

const health = (deadline: string) => ({
  web: { port: 8080, health: { path: '/healthz', interval: '200ms', deadline } },
  worker: { health: { command: 'true', interval: '200ms' } },
});

const reportOf = ({ outputs }: RunResult): DeployReport =>
  JSON.parse(outputs['report'] ?? '') as DeployReport;

beforeAll(async () => {
  site = await openSite({ name: 'bad', versions, config: { bake: '6s' } });
  await site.arrive('good');
  old = await liveContainers();
  visitors = await letVisitorsIn(site);
}, 600_000);

/** True of every version but one that dies under its visitors. */
const nobodyNoticed = async (): Promise<void> => {
  expect(await visitors.failures()).toEqual([]);
};

/** However a version failed: the old one serves as if nothing had been. */
afterEach(async () => {
  expect(await unsettled(site, 'good')).toEqual([]);
  expect(await liveContainers()).toEqual(old);
  await site.configure({ bake: '6s' });
});

afterAll(async () => {
  await visitors.stop();
  await site.close();
});

describe('a version that never gets healthy', () => {
  test('fails with the last lines of its container and what it answered', async () => {
    await site.configure({ release: health('4s') });
    const result = await site.deploy('sick');
    expect(result).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed', slot: 'blue' } });
    for (const told of [/web-1 was not healthy within 4 s/, /the sails are torn/, /HTTP 503/]) {
      expect(result.summary).toMatch(told);
      expect(result.log).toMatch(told);
    }
    const [host] = reportOf(result).hosts;
    expect(host).toMatchObject({ verdict: 'failed', state: 'BLUE' });
    await nobodyNoticed();
    expect(host?.outcome?.transcript.map(({ target }) => target)).toContain('web-1');
  });

  test('fails when it does not listen in time', async () => {
    await site.configure({ release: health('3s') });
    const result = await site.deploy('slow');
    expect(result).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed' } });
    expect(result.log).toMatch(/web-1 was not healthy within 3 s: .*(refused|nothing listens)/i);
    expect(result.log).toMatch(/version slow begins/);
    await nobodyNoticed();
  });
});

describe('a version that turns bad in the bake', () => {
  test('is sent back, and the old one is proven to serve', async () => {
    const result = await site.deploy('fading');
    expect(result).toMatchObject({
      exitCode: 1,
      outputs: { verdict: 'rolled-back', slot: 'blue' },
    });
    expect(result.log).toMatch(/rolled-back, BACK/);
    expect(result.log).toMatch(/✓ back .*blue serves again/);
    expect(result.summary).toMatch(/healthz failed 2 times in a row: HTTP 503/);
    const back = reportOf(result).hosts[0]?.records.find(
      ({ step, phase }) => step === 'back' && phase === 'done',
    );
    expect(back?.tookMs).toBeLessThan(1000);
    await nobodyNoticed();
  });

  test('is sent back when its container crashes, with its last words', async () => {
    const result = await site.deploy('crashing');
    expect(result).toMatchObject({ exitCode: 1, outputs: { verdict: 'rolled-back' } });
    expect(result.summary).toMatch(/web-1 (crashed and was restarted|restarting|exited)/);
    expect(result.log).toMatch(/the mast has broken/);
    // Nothing can answer for a container between its crash and the way back; what counts is that this is short.
    const [failures = ''] = await visitors.failures();
    expect(Number(/^\d+/.exec(failures)?.[0] ?? 0)).toBeLessThan(400);
  });
});

describe('a migration', () => {
  const migrate = {
    service: 'web',
    command: 'node app.mjs migrate',
    version: 'node app.mjs schema',
  };

  test('that fails leaves the old version serving and shows its last lines', async () => {
    await site.configure({ migrate });
    const result = await site.deploy('stuck');
    expect(result).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed' } });
    for (const told of [/the migration failed with exit code 4/, /the cargo is too heavy/]) {
      expect(result.log).toMatch(told);
      expect(result.summary).toMatch(told);
    }
    await nobodyNoticed();
    expect((await readRecords(site.server)).releases.at(-1)).toMatchObject({ standing: 'failed' });
  });

  test('that lasts too long fails and is not cut', async () => {
    await site.configure({ migrate: { ...migrate, command: 'sleep 6', timeout: '2s' } });
    const result = await site.deploy('next');
    expect(result).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed' } });
    expect(result.log).toMatch(/did not end within 2 s; it is left running/);
    expect(result.durationMs).toBeGreaterThan(6000);
    await nobodyNoticed();
  });
});
