import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readContainers, readRecords, type ContainerFacts } from '../../support/release/facts';
import { unsettled } from '../../support/release/settled';
import { baseFolder, openSite, type Site } from '../../support/release/site';
import type { RunResult } from '../../support/runner/runner';

let site: Site<'v1' | 'v2' | 'v3' | 'v4' | 'v5'>;
let shared: readonly ContainerFacts[];
let second: RunResult;

const sharedNow = async (): Promise<readonly ContainerFacts[]> =>
  (await readContainers(site.server)).filter(({ labels }) => labels['shiplock.app'] === undefined);

beforeAll(async () => {
  const versions = { v1: {}, v2: {}, v3: {}, v4: {}, v5: {} };
  site = await openSite({ name: 'second', versions, config: { retain: 1 } });
  await site.arrive('v1', { env: 'HARBOUR=Cuxhaven quay 3' });
  shared = await sharedNow();
  // One service changes its image; the other keeps what it had.
  const images = `web=${site.images.v2}\nworker=${site.images.v1}`;
  second = await site.arrive('v2', { images });
}, 600_000);

afterAll(() => site.close());

describe('the second of two deploys, which changes one service', () => {
  test('leaves shared containers as they were: same ids, start times and networks', async () => {
    expect(shared.map(({ name }) => name)).toEqual(['dinghy-nginx-1', 'dinghy-store-1']);
    expect(await sharedNow()).toEqual(shared);
  });

  test('ends with the new version alone serving', async () => {
    expect(await unsettled(site, 'v2')).toEqual([]);
  });

  test('says in its outputs what serves where, by digest', () => {
    expect(second.outputs).toMatchObject({
      verdict: 'deployed',
      release: '2-v2',
      previous: '1-v1',
      slot: 'green',
    });
    expect(JSON.parse(second.outputs['digests'] ?? '')).toEqual({
      web: site.images.v2,
      worker: site.images.v1,
    });
  });

  test('runs by digest what it says', async () => {
    const format = '{{index .Config.Labels "shiplock.service"}} {{.Config.Image}}';
    const ids = await site.server.docker(['ps', '-q', '--filter', 'label=shiplock.release=2-v2']);
    const said = await site.server.docker(['inspect', '-f', format, ...ids.split('\n')]);
    expect(said.split('\n').sort()).toEqual([`web ${site.images.v2}`, `worker ${site.images.v1}`]);
  });
});

describe('what is on record', () => {
  test('state: what serves, and where to go back to', async () => {
    const { state } = await readRecords(site.server);
    expect(state).toMatchObject({
      live: { release: '2-v2', slot: 'green' },
      previous: { release: '1-v1', slot: 'blue' },
    });
  });

  test('releases: both good, with the digest of each service', async () => {
    const { releases } = await readRecords(site.server);
    const digests = releases.map(({ services }) =>
      services.map(({ name, image }) => `${name} ${image}`),
    );
    expect(releases.map(({ id, standing }) => `${id} ${standing}`)).toEqual([
      '1-v1 good',
      '2-v2 good',
    ]);
    expect(digests).toEqual([
      [`web ${site.images.v1}`, `worker ${site.images.v1}`],
      [`web ${site.images.v2}`, `worker ${site.images.v1}`],
    ]);
  });

  test('audit: who, what, how it ended, one line a run', async () => {
    const { audit } = await readRecords(site.server);
    expect(audit).toHaveLength(2);
    expect(audit[1]).toMatchObject({
      actor: 'octocat',
      kind: 'deploy',
      release: '2-v2',
      verdict: 'deployed',
      state: 'GREEN',
    });
  });

  test('nobody else can read any of it', async () => {
    const script = `find ${baseFolder} -type f ! -perm 600 -o -type d ! -perm 700 -o ! -user deploy`;
    expect((await site.server.exec(['sh', '-c', script])).stdout).toBe('');
  });
});

test('pruning keeps the live release, the one before it, and as many more as the configuration says', async () => {
  await site.arrive('v3');
  await site.arrive('v4');
  await site.arrive('v5');
  const { releases } = await readRecords(site.server);
  expect(releases.map(({ id }) => id)).toEqual(['3-v3', '4-v4', '5-v5']);
  expect(await unsettled(site, 'v5')).toEqual([]);
  const there = await site.server.docker(['image', 'ls', '--digests', '--format', '{{.Digest}}']);
  const kept = Object.entries(site.images)
    .filter(([, image]) => there.includes(image.replace(/.*@/, '')))
    .map(([version]) => version);
  expect(kept).toEqual(['v3', 'v4', 'v5']);
  expect(await sharedNow()).toEqual(shared);
});
