import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readContainers } from '../../support/release/facts';
import { unsettled } from '../../support/release/settled';
import { dinghyRepository } from '../../support/release/image';
import { openSite, type Site } from '../../support/release/site';
import { docker } from '../../support/run-command';
import type { RunResult } from '../../support/runner/runner';

/** Where this server's Docker keeps its images: a disk of its own, in memory, whose size can change. */
const disk = '/srv/images';

let site: Site<'v1' | 'v2'>;
/** A version with 700 MiB of zeros: next to nothing in the registry, and as much as that on a disk. */
let bloated: string;

const onServer = async (script: string): Promise<string> => {
  const { code, stdout, stderr } = await site.server.exec(['sh', '-c', script]);
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
};

/** Lets the disk have so much room left, whatever lies on it. */
async function leaveFree(mebibytes: number): Promise<void> {
  const used = Number(await onServer(`df -Pm ${disk} | awk 'NR==2 {print $3}'`));
  await onServer(`mount -o remount,size=${used + mebibytes}m ${disk}`);
}

async function buildBloated(): Promise<string> {
  const lines = [`FROM ${site.images.v2}`, 'USER root', 'RUN head -c 700M /dev/zero > /zeros'];
  const local = 'shiplock-dinghy:bloated';
  await docker(['build', '--quiet', '--network', 'none', '--tag', local, '-'], {
    stdin: `${lines.join('\n')}\n`,
    timeoutMs: 300_000,
  });
  const image = await site.environment.pushImage(local, 'shiplock-dinghy/app:bloated');
  await docker(['image', 'rm', local, `${dinghyRepository}:bloated`]);
  return image;
}

beforeAll(async () => {
  site = await openSite({ name: 'disk', versions: { v1: {}, v2: {} } });
  bloated = await buildBloated();
  await onServer(`mkdir ${disk} && mount -t tmpfs -o size=3g none ${disk}`);
  const settings = JSON.stringify({ 'data-root': `${disk}/docker` });
  await site.server.writeFile('/etc/docker/daemon.json', settings);
  await onServer('kill $(pidof dockerd); while pidof dockerd >/dev/null; do sleep 0.1; done');
  await site.server.ready();
}, 600_000);

afterAll(() => site.close());

function refused(result: RunResult, message: RegExp): void {
  expect(result.log).toMatch(message);
  expect(result.log).toMatch(/docker system df/);
  expect(result).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
}

test('too little room where Docker really keeps its images: refused with both figures, nothing pulled', async () => {
  await leaveFree(400);
  refused(
    await site.deploy('v1'),
    /\/srv\/images\/docker: (39\d|400) MiB are free, \d{3,4} MiB are needed for 4 images to pull \(\d+ MiB\) and a margin/,
  );
  expect(await site.server.docker(['image', 'ls', '--quiet'])).toBe('');
});

test('too few inodes: refused', async () => {
  const used = await onServer(`df -Pi ${disk} | awk 'NR==2 {print $3}'`);
  await onServer(`mount -o remount,size=3g,nr_inodes=${Number(used) + 20_000} ${disk}`);
  refused(await site.deploy('v1'), /images\/docker: \d+ inodes are free, 30000 are needed/);
  await onServer(`mount -o remount,nr_inodes=0 ${disk}`);
});

test('room enough: deployed', async () => {
  await site.arrive('v1');
  expect(await unsettled(site, 'v1')).toEqual([]);
});

test('a next version needs room for its own layers only', async () => {
  await leaveFree(310);
  const result = await site.deploy('v2');
  expect(result).toMatchObject({ exitCode: 0, outputs: { verdict: 'deployed' } });
});

test('a disk that is full in the middle of the pull: the old version serves, and nothing is left of the new one', async () => {
  await leaveFree(500);
  const before = (await readContainers(site.server)).map(({ name }) => name);
  const result = await site.deploy('v1', { images: bloated, version: 'bloated' });
  expect(result).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed' } });
  expect(result.log).toMatch(/did not fit on the disk of the server: .*no space left on device/);
  expect(result.log).toMatch(/failed, BLUE/);
  expect(await unsettled(site, 'v2')).toEqual([]);
  const keepers = /^shiplock-keeper-/;
  const after = (await readContainers(site.server)).map(({ name }) => name);
  const lasting = (names: readonly string[]) => names.filter((name) => !keepers.test(name));
  expect(lasting(after).every((name) => before.includes(name))).toBe(true);
});
