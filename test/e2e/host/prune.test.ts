import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSite, stackFolder, type Site } from '../../support/release/site';

const versions = { v1: {}, v2: {}, v3: {}, v4: {}, v5: {}, v6: {}, once1: {}, once2: {} };
type Version = keyof typeof versions;

let site: Site<Version>;

/** A second stack beside the first, of another app or environment, behind a proxy of its own. */
async function addStack(folder: string, name: string, port: number): Promise<string> {
  const conf = `${folder}/nginx/conf.d/dinghy.conf`;
  const copy = `cp -r ${stackFolder} ${folder} && sed -i 's/dinghy-production/${name}/' ${conf} && chown -R deploy: ${folder}`;
  await site.server.exec(['sh', '-c', copy]);
  const text = await readFile(join(site.workspace, 'docker-compose.yml'), 'utf8');
  const file = `${name}.yml`;
  await writeFile(join(site.workspace, file), text.replace("'80:80'", `'${port}:80'`));
  return file;
}

/** Something that runs once per release, from an image that nothing else is made from. */
async function addOneShot(): Promise<void> {
  const file = join(site.workspace, 'docker-compose.yml');
  const text = (await readFile(file, 'utf8'))
    .replace(
      'depends_on: [store]',
      'depends_on: { seed: { condition: service_completed_successfully } }',
    )
    .replace('\nvolumes:', "\n  seed:\n    image: none\n    command: ['true']\n\nvolumes:");
  await writeFile(file, text);
}

const web = (version: Version, worker: Version = version): string =>
  `web=${site.images[version]}\nworker=${site.images[worker]}`;
const seed = (version: Version): string => `\nseed=${site.images[version]}`;

async function release(version: Version, images: string, environment = 'production') {
  await site.arrive(version, { images, environment });
}

beforeAll(async () => {
  site = await openSite({ name: 'prune', versions });
  const staging = await addStack('/srv/staging', 'dinghy-staging', 8081);
  const skiff = await addStack('/srv/skiff', 'skiff-production', 8082);
  const settings = { retain: 0, bake: '500ms' };
  await site.configure({
    ...settings,
    environments: { production: {}, staging: { compose: staging, directory: '/srv/staging' } },
  });
  await release('v1', web('v1'), 'staging');
  await site.configure({ ...settings, app: 'skiff', compose: skiff, directory: '/srv/skiff' });
  await release('v2', web('v2'));
  await site.configure(settings);
  await addOneShot();
}, 600_000);

afterAll(() => site.close());

const images = async (): Promise<string> =>
  site.server.docker(['image', 'ls', '--all', '--digests', '--format', '{{.ID}} {{.Digest}}']);
const has = async (version: Version): Promise<boolean> =>
  (await images()).includes(site.images[version].split('@')[1] ?? '');
const others = async (): Promise<string> =>
  (
    await site.server.docker([
      ...['ps', '--all', '--format', '{{.Names}} {{.Label "shiplock.release"}} {{.State}}'],
    ])
  )
    .split('\n')
    .filter(
      (line) => !/^(dinghy-production|dinghy-|shiplock-keeper)/.test(line) || /staging/.test(line),
    )
    .sort()
    .join('\n');

test('releases go with their images, but for what anybody else on the host has', async () => {
  const { server } = site;
  // Somebody's own: a container that was made and never started, and an image without a name.
  await server.docker(['pull', '--quiet', site.images.v4]);
  await server.docker(['create', '--name', 'somebodys', site.images.v4]);
  const nameless = await server.docker(['import', '-'], { stdin: new Uint8Array(1024) });
  const before = await others();

  await release('v1', web('v1', 'v3') + seed('once1'));
  await release('v2', web('v2', 'v4') + seed('once1'));
  await release('v5', web('v5') + seed('once2'));
  await release('v6', web('v6') + seed('v6'));

  const folders = await server.exec(['ls', '/var/lib/shiplock/dinghy/production/releases']);
  expect(folders.stdout.trim().split('\n')).toEqual(['3-v5', '4-v6']);
  const there = await Promise.all(
    (Object.keys(versions) as Version[]).map(async (one) => [one, await has(one)] as const),
  );
  // v1 serves in staging, v2 is another app's, v4 is somebody's; only v3 was this environment's alone.
  expect(Object.fromEntries(there)).toEqual({
    ...{ v1: true, v2: true, v3: false, v4: true },
    ...{ v5: true, v6: true },
    // What ran once for releases that are gone, and what ran once for the one before.
    ...{ once1: false, once2: true },
  });
  expect(await images()).toContain(nameless.replace('sha256:', '').slice(0, 12));
  expect(await others()).toBe(before);
}, 300_000);
