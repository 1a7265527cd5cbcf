import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { snapshot } from '../../support/release/facts';
import { baseFolder, openSite, stackFolder, type Site } from '../../support/release/site';
import type { RunResult } from '../../support/runner/runner';

// What a server can be like besides healthy. Each harm is done by hand, undone after the test, and touched by no run.

let site: Site<'v1' | 'v2'>;
let undo: string[] = [];

const markers = `${stackFolder}/nginx/shiplock/dinghy-production`;
const site80 = `${stackFolder}/nginx/conf.d/dinghy.conf`;

beforeAll(async () => {
  const disks = { '/var/lib/shiplock': '64m', '/tmp': '64m' };
  site = await openSite({ name: 'harmed', versions: { v1: {}, v2: {} }, server: { disks } });
  await site.server.exec(['chown', 'deploy:', '/var/lib/shiplock']);
  await site.arrive('v1');
}, 600_000);

const shell = async (script: string): Promise<string> => {
  const { code, stdout, stderr } = await site.server.exec(['bash', '-c', script]);
  if (code !== 0) throw new Error(`${script}: ${stderr}`);
  return stdout;
};

/** Does harm to the server, and knows how to undo it. */
const harm = async (script: string, mend: string): Promise<void> => {
  undo = [mend, ...undo];
  await shell(script);
};

afterEach(async () => {
  for (const mend of undo) await shell(mend);
  undo = [];
  await site.configure();
});
afterAll(() => site.close());

/** A deploy that must not touch anything. */
async function untouched(inputs: Readonly<Record<string, string>> = {}): Promise<RunResult> {
  const before = await snapshot(site.server);
  const result = await site.deploy('v2', inputs);
  expect(await snapshot(site.server)).toBe(before);
  return result;
}

async function refused(exitCode: 2 | 3, ...messages: readonly RegExp[]): Promise<RunResult> {
  const result = await untouched();
  expect(result).toMatchObject({ exitCode, conclusion: 'failure', postExitCode: 0 });
  told(result, messages);
  return result;
}

function told({ log, summary }: RunResult, messages: readonly RegExp[]): void {
  const shown = summary
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll(/[`\u200b]|<\/?code>/g, '');
  for (const message of messages) {
    expect(log).toMatch(message);
    expect(shown).toMatch(message);
  }
}

const lease = (seconds: string): string =>
  `printf '{"schema":1,"epoch":9,"holder":{"deploy":"d0","run":"run-of-bob","actor":"bob","attempt":1},"heartbeat":%s}' ` +
  `$(( $(date +%s) ${seconds} )) >${baseFolder}/lease; chown deploy: ${baseFolder}/lease`;

const keep = (path: string): string => `cp -a ${path} /root/kept`;
const back = (path: string): string => `rm -rf ${path}; mv /root/kept ${path}`;

test('everything that is wrong is told in one list', async () => {
  await harm('mv /usr/bin/flock /root/', 'mv /root/flock /usr/bin/');
  await harm(`${keep(`${baseFolder}/lease`)}; ${lease('')}`, back(`${baseFolder}/lease`));
  await harm(
    `mkdir -p /home/deploy/.shiplock/dinghy/production; chown -R deploy: /home/deploy/.shiplock`,
    'rm -rf /home/deploy/.shiplock',
  );
  await harm(`chmod 700 ${markers}`, `chmod 755 ${markers}`);
  await harm(
    `cp ${site80} /root/site; sed -i '/include/d; s/proxy_pass.*/return 204;/' ${site80}`,
    `cp /root/site ${site80}`,
  );
  await harm(
    `chown root: ${baseFolder} && chmod 755 ${baseFolder}`,
    `chown deploy: ${baseFolder} && chmod 700 ${baseFolder}`,
  );
  const images = '127.0.0.1:5000/shiplock-dinghy/app:never-built';
  const result = await untouched({ images });
  expect(result).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
  told(result, [
    /9 problems/,
    /the command flock is missing/,
    /is held: .*bob/,
    /both hold records of this app/,
    /production.* cannot be written by deploy/,
    /cannot be entered by everybody/,
    /does not include .*dinghy-production\.conf/,
    /never-built was not found/,
  ]);
  expect(result.annotations.map(({ level }) => level)).toContain('error');
});

describe('is refused', () => {
  test('a full disk under the records', async () => {
    await site.server.fillDisk('/var/lib/shiplock');
    const result = untouched().finally(() => site.server.freeDisk('/var/lib/shiplock'));
    told(await result, [/production.*its file system has only \d+ MiB left/]);
  });

  test('a full /tmp', async () => {
    await site.server.fillDisk('/tmp');
    const result = await site.deploy('v2').finally(() => site.server.freeDisk('/tmp'));
    expect(result.exitCode).toBe(3);
    told(result, [/\/tmp.*its file system has only \d+ MiB left/]);
  });

  test('a disk without inodes', async () => {
    await harm('mount -o remount,nr_inodes=60 /tmp', 'mount -o remount,nr_inodes=100000 /tmp');
    await refused(3, /\/tmp.*can take only \d+ more files/);
  });

  test('a file system that became read-only', async () => {
    await harm('mount -o remount,ro /var/lib/shiplock', 'mount -o remount,rw /var/lib/shiplock');
    await refused(3, /cannot be written by deploy/, /its file system is read-only/);
  });

  test('a port that another program has taken', async () => {
    await harm(
      `docker stop dinghy-nginx-1 >/dev/null; (perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(Listen => 1, LocalPort => 80, ReuseAddr => 1) or die; sleep' >/dev/null 2>&1 & echo $! >/root/listener); sleep 1`,
      'kill $(cat /root/listener); docker start dinghy-nginx-1 >/dev/null; rm /root/listener',
    );
    await refused(3, /nginx\.ports.*wants port 80 of the server/);
  });

  test('a name that is another app’s once it is joined', async () => {
    await harm('mkdir -p /var/lib/shiplock/a-b/c', 'rm -rf /var/lib/shiplock/a-b');
    await site.configure({ app: 'a', environments: { 'b-c': {} } });
    await refused(3, /a-b-c is the name of app a-b in environment c/);
  });

  test('an app of the same name from another repository', async () => {
    await harm('mkdir /srv/other', 'rmdir /srv/other');
    await site.configure({ directory: '/srv/other' });
    await refused(
      3,
      /dinghy in production was released on this server beside the stack dinghy, and/,
    );
  });

  test('a stack of the same name in another folder', async () => {
    await harm('mkdir -p /srv/other/dinghy', 'rm -r /srv/other');
    await site.configure({ app: 'skiff', directory: '/srv/other/dinghy' });
    await refused(3, /dinghy is the stack in \/srv\/dinghy on this server, and not the one in/);
  });

  test('a file where the folder of the records belongs', async () => {
    await harm('touch /var/lib/shiplock/skiff', 'rm /var/lib/shiplock/skiff');
    await site.configure({ app: 'skiff' });
    await refused(3, /\/var\/lib\/shiplock\/skiff.*is not a folder/);
  });
});

describe('ends unproven', () => {
  test('with a record of a newer version', async () => {
    const record = `${baseFolder}/releases/1-v1/release.json`;
    await harm(`${keep(record)}; sed -i 's/"schema": 1/"schema": 2/' ${record}`, back(record));
    await refused(2, /1-v1\/release\.json cannot be read: a newer Shiplock wrote it \(schema 2\)/);
  });

  test('with a state that was cut; the command that it prints mends it', async () => {
    const state = `${baseFolder}/state.json`;
    await harm(`${keep(state)}; truncate -s 90 ${state}`, 'rm -rf /root/kept');
    const { log } = await refused(2, /state\.json cannot be read: it is not a whole JSON document/);
    const [, command = ''] =
      /(umask 077; cp[\s\S]*?\nEND)/.exec(log.replaceAll(/^.*?\t/gm, '')) ?? [];
    await site.server.exec(['sh', '-c', command], { user: 'deploy' });
    const again = await site.deploy('v2', { 'dry-run': 'true' });
    expect(again).toMatchObject({ exitCode: 0, conclusion: 'success' });
    expect(again.log).toMatch(/1-v1 in blue/);
  });
});

test('goes through: a lease from before the clock was set back, a proxy folder behind a link', async () => {
  await shell(lease('+ 86400'));
  await shell(`ln -s shiplock ${stackFolder}/nginx/link`);
  await site.configure({ proxy: { kind: 'nginx', service: 'nginx', 'config-dir': 'nginx/link' } });
  await site.arrive('v2');
  expect(await site.serving()).toBe('v2');
});
