import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeKeyPair } from '../../support/environment';
import { baseFolder, openSite, type Site } from '../../support/release/site';
import { watchCommandLines, type SeenCommandLines } from '../../support/release/watch';
import type { RunResult } from '../../support/runner/runner';

const canary = {
  passphrase: 'canary-passphrase-6hq2',
  password: 'canary-registry-p4ssw0rd',
  token: 'canary-of-the-env-91ac',
  spaced: 'canary with "quotes" and $HOME',
};
const values = Object.values(canary);

let site: Site<'v1' | 'v2'>;
let keyLines: readonly string[];
let seen: SeenCommandLines;
let deployed: RunResult;
let returned: RunResult;

beforeAll(async () => {
  site = await openSite({ name: 'secret', versions: { v1: {}, v2: {} } });
  const { publicKey, privateKey } = await makeKeyPair(site.environment.parts, canary.passphrase);
  const keys = '/home/deploy/.ssh/authorized_keys';
  await site.server.exec(['tee', '-a', keys], { stdin: `${publicKey}\n` });
  keyLines = privateKey.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
  const inputs = {
    'ssh-key': privateKey,
    'ssh-key-passphrase': canary.passphrase,
  };
  const secrets = [...values, privateKey];
  await site.arrive('v1');
  const stop = await watchCommandLines(site.server, [...values, ...keyLines]);
  deployed = await site.deploy(
    'v2',
    {
      ...inputs,
      'registry-username': 'captain',
      'registry-password': canary.password,
      env: `TOKEN=${canary.token}\nSPACED=${canary.spaced}`,
    },
    { secrets },
  );
  returned = await site.rollback({ ...inputs, env: `TOKEN=${canary.token}` }, { secrets });
  seen = await stop();
}, 600_000);

afterAll(() => site.close());

/** Files of the server in which one of the texts stands, Docker's own folder and the kernel's left out, with their mode. */
const filesWith = async (needles: readonly string[]): Promise<readonly string[]> => {
  const script =
    'cat > /run/needles; find / -xdev -path /proc -prune -o -path /var/lib/docker -prune -o -type f ! -path /run/needles ' +
    '-exec grep -lF -f /run/needles {} + | xargs -r stat -c "%a %U %n"; rm /run/needles';
  const { stdout } = await site.server.exec(['sh', '-c', script], {
    stdin: `${needles.join('\n')}\n`,
  });
  return stdout.split('\n').filter((line) => line !== '');
};

// The runner harness throws when a secret can be read in log, summary, outputs or state, in any form.
test('the deploy and the rollback arrived, and showed no secret in log, summary, outputs or state', () => {
  expect(deployed).toMatchObject({ exitCode: 0, outputs: { verdict: 'deployed' } });
  expect(returned).toMatchObject({ exitCode: 0, outputs: { verdict: 'rolled-back' } });
});

test('no secret ever stood on a command line, on either side', () => {
  expect(seen.hits).toEqual([]);
  expect(seen.looks.server).toBeGreaterThan(100);
  expect(seen.looks.here).toBeGreaterThan(100);
});

test('the watchers see what does stand on a command line', async () => {
  const stop = await watchCommandLines(site.server, ['bait-on-a-line']);
  await site.server.exec(['sh', '-c', 'sleep 1; : bait-on-a-line']);
  const { hits } = await stop();
  expect(hits.length).toBeGreaterThan(1);
});

test('secrets of the app stand on the server in files of the release alone, which nobody else can read', async () => {
  const files = await filesWith([canary.token]);
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    expect(file).toMatch(
      new RegExp(`^600 deploy ${baseFolder}/releases/[^/]+/(source|compose)\\.json$`),
    );
  }
});

test('key, passphrase and registry password stand nowhere on the server', async () => {
  expect(await filesWith([canary.passphrase, canary.password, ...keyLines])).toEqual([]);
});
