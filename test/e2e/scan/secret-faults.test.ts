import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { commit, git, makeRepository } from '../../support/git-repository';
import { startGitServer, type GitServer } from '../../support/git-server';
import { freshFolder, makeKey, scannersOnPath, scanSecrets } from '../../support/secret-scan';
import { selfSigned } from '../../support/self-signed';

const key = makeKey();
let checkout = '';
let [base, head] = ['', ''];
beforeAll(() => {
  checkout = makeRepository(freshFolder());
  base = commit(checkout, { 'a.txt': 'one\n' });
  head = commit(checkout, { 'a.env': `token = "${key}"\n` });
});

/** A stand-in on PATH for a fault that cannot be caused: a script in the place of the tool, which it can still call as `$real`. */
function standIn(tool: string, script: string): string {
  const folder = freshFolder();
  mkdirSync(folder);
  const path = join(folder, tool);
  writeFileSync(path, `#!/bin/sh\nreal=${scannersOnPath()}/${tool}\n${script}\n`);
  chmodSync(path, 0o755);
  return `${folder}:${scannersOnPath()}:${process.env['PATH'] ?? ''}`;
}

const scan = (
  tools: string,
  PATH: string,
  inputs: Record<string, string> = {},
  env: Record<string, string> = {},
) =>
  scanSecrets(checkout, {
    inputs: { tools: `${tools}@path`, ...inputs },
    env: { PATH, ...env },
    secrets: [key],
    event: { name: 'push', payload: { before: base, after: head } },
    sha: head,
  });

// Each asks for its own flags or version first, which the stand-in lets pass.
const whenScanning = (script: string): string =>
  `case "$*" in *--help*|*version*) exec "$real" "$@";; esac\n${script}`;

describe('a tool that does not do its work is no pass', () => {
  const cases: [string, string, string, string][] = [
    [
      'TruffleHog cannot resolve the commit, and ends with 0',
      'trufflehog',
      'for word; do shift; [ "$word" = "$last" ] || set -- "$@" "$word"; done; exec "$real" "$1" "$2" --json --no-update --branch no-such-branch',
      'TruffleHog met an error',
    ],
    ['TruffleHog is killed', 'trufflehog', 'kill -9 $$', 'was killed by SIGKILL'],
    [
      'TruffleHog does not say that it has finished',
      'trufflehog',
      'exec "$real" "$@" 2>/dev/null',
      'does not say that TruffleHog came to its end',
    ],
    ['TruffleHog says nothing at all', 'trufflehog', 'exit 0', 'it is empty'],
    [
      'TruffleHog ends with another code',
      'trufflehog',
      '"$real" "$@"; exit 7',
      'ended with exit code 7',
    ],
    [
      'gitleaks gets only a part of the history',
      'gitleaks',
      'exec "$real" git --no-banner --exit-code 10 --log-opts no-such-commit .',
      'ended with exit code 1',
    ],
    ['gitleaks is killed', 'gitleaks', 'kill -9 $$', 'was killed by SIGKILL'],
    ['gitleaks writes no report', 'gitleaks', 'exit 0', 'there is no such file'],
    [
      'gitleaks does not know what it is asked for',
      'gitleaks',
      'exit 126',
      'ended with exit code 126',
    ],
  ];
  test.each(cases)('%s', async (_, tool, script, says) => {
    const run = await scan(tool, standIn(tool, whenScanning(script)));
    expect([run.verdict, run.exitCode]).toEqual(['scanner-error', 2]);
    expect(run.log).toContain(says);
  });

  test.each(['trufflehog', 'gitleaks'])('%s hangs', async (tool) => {
    const run = await scan(tool, standIn(tool, whenScanning('sleep 600')), { timeout: '2s' });
    expect([run.verdict, run.exitCode]).toEqual(['scanner-error', 2]);
    expect(run.log).toContain('did not end within 2.0 s');
  });

  test('gitleaks writes half a report', async () => {
    const half =
      'for word; do [ "$before" = --report-path ] && printf "[{" > "$word"; before=$word; done';
    const run = await scan('gitleaks', standIn('gitleaks', whenScanning(half)));
    expect([run.verdict, run.exitCode]).toEqual(['scanner-error', 2]);
    expect(run.log).toContain('cut off');
  });
});

describe('a key that works', () => {
  const { key: serverKey, certificate } = selfSigned('localhost');
  const asked: string[] = [];
  const verifier = createServer({ key: serverKey, cert: certificate }, (request, response) => {
    asked.push(request.headers.authorization ?? '');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ login: 'octocat', id: 1, type: 'User' }));
  });
  let PATH = '';
  let SSL_CERT_FILE = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => verifier.listen(0, '127.0.0.1', resolve));
    const { port } = verifier.address() as AddressInfo;
    SSL_CERT_FILE = join(checkout, '..', 'verifier.pem');
    writeFileSync(SSL_CERT_FILE, certificate);
    // GitHub is not asked here: the tool is told of a verifier on this machine.
    PATH = standIn(
      'trufflehog',
      whenScanning(`exec "$real" "$@" --verifier github=https://localhost:${port}`),
    );
  });
  afterAll(() => new Promise((resolve) => verifier.close(resolve)));

  test('is verified by TruffleHog, and fails where only those do', async () => {
    const run = await scan('trufflehog', PATH, { 'fail-on': 'secret=verified' }, { SSL_CERT_FILE });
    expect(run.findings).toMatchObject([{ secret: 'verified', decision: 'fail', target: 'a.env' }]);
    expect(run.exitCode).toBe(1);
    expect(asked.some((header) => header.includes(key))).toBe(true);
  });

  test('is not among what `results` asks for', async () => {
    const inputs = { results: 'unverified', 'fail-on': 'secret=unverified' };
    const run = await scan('trufflehog', PATH, inputs, { SSL_CERT_FILE });
    expect([run.verdict, run.findings]).toEqual(['clean', []]);
  });
});

test('no secret that TruffleHog tells lies on a disk, and nothing is left of what was laid out', async () => {
  // Looks for it from inside of the run, when all is written; it would end as no tool may end.
  const look = 'sleep 0.3; grep -rqs ghp_ "$TMPDIR/.." && exit 9; exit 0';
  const run = await scan(
    'trufflehog',
    standIn('trufflehog', whenScanning(`"$real" "$@"; ${look}`)),
  );
  expect(run.found).toEqual(['TruffleHog a.env:1']);
  expect(run.left).toEqual([]);
});

describe('what a shallow clone has not', () => {
  const token = 'ghs_'.padEnd(40, 't');
  const login = `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
  let server: GitServer;
  beforeAll(async () => {
    server = await startGitServer(join(checkout, '..'), login);
  });
  afterAll(() => server.close());

  const scanShallow = (serverUrl: string, settings: Record<string, string> = {}) => {
    const shallow = freshFolder();
    git(checkout, 'clone', '--quiet', '--depth=1', `file://${checkout}`, shallow);
    git(shallow, 'remote', 'set-url', 'origin', `${server.url}/${basename(checkout)}/.git`);
    for (const [name, value] of Object.entries(settings)) git(shallow, 'config', name, value);
    return scanSecrets(shallow, {
      inputs: { 'github-token': token },
      env: { GITHUB_SERVER_URL: serverUrl },
      event: { name: 'push', payload: { before: base, after: head } },
      ref: 'refs/heads/main',
      sha: head,
      secrets: [key, token, login.slice('Basic '.length)],
    });
  };

  test('is fetched with the token, in the place of what the checkout left of its own', async () => {
    const own = { [`http.${server.url}/.extraheader`]: 'Authorization: Basic b3RoZXI=' };
    const run = await scanShallow(server.url, own);
    expect(run.found).toEqual(['TruffleHog a.env:1', 'gitleaks a.env:1']);
    expect(new Set(server.logins)).toEqual(new Set([login]));
  });

  test('is fetched without it from any server but GitHub, and what cannot be fetched is no pass', async () => {
    const before = server.logins.length;
    const run = await scanShallow('https://github.com');
    expect([run.verdict, run.exitCode]).toEqual(['scanner-error', 2]);
    expect(new Set(server.logins.slice(before))).toEqual(new Set(['']));
  });
});
