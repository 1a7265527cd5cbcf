import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import type { ActionRun } from '../support/runner/runner';
import { runAction } from '../support/runner/runner';
import { actionsFolder, judge, scanCheckout } from '../support/scan-run';

// Each run is a process of its own.
jest.setTimeout(60_000);

const whole = {
  SchemaVersion: 2,
  ArtifactName: '.',
  ArtifactType: 'filesystem',
  Results: [{ Target: 'Dockerfile', Class: 'config', MisconfSummary: { Successes: 1 } }],
};

/**
 * A folder for PATH with a program that says it is Trivy 0.76.0 and then does what is told: faults that no real Trivy can be
 * brought to. `$report` is where it is to write.
 */
function standIn(does: string, version = '0.76.0'): string {
  const folder = scanCheckout({
    trivy: `#!/bin/sh
[ "$1" = --version ] && { echo "Version: ${version}"; exit 0; }
while [ $# -gt 0 ]; do [ "$1" = --output ] && report=$2; shift; done
cd "$(dirname "$0")"
${does}
`,
    'whole.json': whole,
  });
  chmodSync(join(folder, 'trivy'), 0o755);
  return folder;
}

const workspace = scanCheckout({ Dockerfile: 'FROM debian:13\n' });
const inputs = { tools: 'trivy', version: '0.76.0', scanners: 'misconfig' };
const onPath = (folder: string): Partial<ActionRun> => ({
  env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
});

test('a stand-in that does its work is believed: what follows fails for its fault alone', async () => {
  const run = await judge(workspace, inputs, onPath(standIn('cat whole.json > "$report"')));
  expect([run.outputs['verdict'], run.exitCode]).toEqual(['clean', 0]);
});

describe('a tool is never taken for one that found nothing when it', () => {
  test.each<[string, string, string]>([
    ['crashed', 'cat whole.json > "$report"; exit 1', 'trivy ended with exit code 1'],
    ['was killed', 'cat whole.json > "$report"; kill -9 $$', 'trivy was killed by SIGKILL'],
    ['wrote no report', ':', 'there is no such file'],
    ['wrote a report of 0 bytes', ': > "$report"', 'it is empty'],
    ['wrote half a report', 'head -c 60 whole.json > "$report"', 'it is cut off'],
    ['wrote no JSON', 'echo ok > "$report"', 'it is no JSON'],
    [
      'wrote a report of another schema version',
      'sed s/2/3/ whole.json > "$report"',
      'SchemaVersion is 3, not 2',
    ],
    [
      'looked at nothing',
      `echo '{"SchemaVersion":2,"Results":[]}' > "$report"`,
      'nothing at all was scanned',
    ],
  ])('%s', async (_what, does, says) => {
    const run = await judge(workspace, inputs, onPath(standIn(does)));
    expect([run.outputs['verdict'], run.exitCode]).toEqual(['scanner-error', 2]);
    expect(run.log).toContain(says);
  });

  test('hung: it is ended, with all that it started', async () => {
    const folder = standIn('sh -c "echo \\$\\$ > pid; exec sleep 600" & wait');
    const run = await judge(workspace, { ...inputs, timeout: '1s' }, onPath(folder));
    expect([run.outputs['verdict'], run.exitCode]).toEqual(['scanner-error', 2]);
    expect(run.log).toContain('did not end within 1.0 s');
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    expect(
      existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
    ).not.toContain('sleep');
  });

  test('is of another version than the one that was asked for', async () => {
    const run = await judge(workspace, inputs, onPath(standIn('exit 0', '0.1.0')));
    expect([run.outputs['verdict'], run.exitCode]).toEqual(['scanner-error', 2]);
    expect(run.log).toContain('no SHA-256 of trivy 0.76.0');
    expect(run.log).toContain('PATH has 0.1.0');
  });
});

test('the words of a tool that failed are shown, and obeyed by nobody', async () => {
  const says = '::error::quoted; ::add-mask::visible; ##[error]quoted';
  const run = await judge(workspace, inputs, onPath(standIn(`echo "${says}" >&2; exit 1`)));
  expect(run.log).toContain('trivy: its last words');
  expect(run.log).toContain('visible');
  expect(run.annotations.map(({ message }) => message).join()).not.toContain('quoted');
});

test('a run that is cancelled ends its tool, and has no verdict', async () => {
  const folder = standIn('echo $$ > pid; exec sleep 600');
  const run = runAction({
    action: join(actionsFolder, 'scan-gate'),
    workspace,
    inputs,
    ...onPath(folder),
  });
  await run.seen(/▸ fs/);
  while (!existsSync(join(folder, 'pid'))) await new Promise((wake) => setTimeout(wake, 20));
  run.cancel();
  const { outputs, exitCode } = await run.done;
  expect([outputs['verdict'], exitCode]).toEqual(['failed', 1]);
  const pid = readFileSync(join(folder, 'pid'), 'utf8').trim();
  expect(existsSync(`/proc/${pid}`)).toBe(false);
});

describe('a tool that has to be installed', () => {
  /** PATH with what the action itself needs, and no scanner. */
  function bare(): Partial<ActionRun> {
    const folder = scanCheckout({});
    mkdirSync(join(folder, 'bin'));
    for (const name of ['git', 'sh'])
      for (const from of ['/usr/bin', '/bin'])
        if (existsSync(join(from, name)) && !existsSync(join(folder, 'bin', name)))
          symlinkSync(join(from, name), join(folder, 'bin', name));
    return { env: { PATH: join(folder, 'bin'), RUNNER_TOOL_CACHE: folder } };
  }

  const wanted = { tools: 'trivy', scanners: 'misconfig' };

  test.each<[string, number, string, string]>([
    ['is not there', 404, '', 'cannot be downloaded'],
    ['is another file', 200, 'another program', 'gave another file than the pinned one'],
    ['is empty', 200, '', 'gave another file than the pinned one'],
  ])('and %s is never run', async (_what, status, body, says) => {
    const asked: string[] = [];
    const server = createServer(({ url }, answer) => {
      asked.push(url ?? '');
      answer.writeHead(status).end(body);
    }).listen(0, '127.0.0.1');
    await new Promise((listening) => server.once('listening', listening));
    const { port } = server.address() as AddressInfo;
    const mirror = `http://127.0.0.1:${port}/github`;
    const run = await judge(workspace, { ...wanted, 'tool-mirror': mirror }, bare());
    server.close();
    expect([run.outputs['verdict'], run.exitCode]).toEqual(['scanner-error', 2]);
    expect(run.log).toContain(says);
    expect(asked).toEqual([
      expect.stringMatching(
        /^\/github\/aquasecurity\/trivy\/releases\/download\/v[\d.]+\/trivy_[\d.]+_Linux-\w+\.tar\.gz$/,
      ),
    ]);
  });

  test('by no exact version is refused', async () => {
    const run = await judge(workspace, { tools: 'trivy@latest' }, bare());
    expect([run.outputs['verdict'], run.exitCode]).toEqual(['refused', 3]);
    expect(run.log).toContain('is no exact version');
  });
});

test('inputs that contradict each other: all at once, before anything runs', async () => {
  const run = await judge(workspace, {
    tools: 'gitleaks, snyk',
    'scan-type': 'image',
    scanners: 'vulns',
    severity: 'CRITICAL,LOW',
    base: 'main',
    results: 'maybe',
  });
  expect([run.outputs['verdict'], run.exitCode]).toEqual(['refused', 3]);
  for (const says of [
    '"snyk" is no tool',
    'scan-type: is for Trivy',
    'scanners: is for Trivy',
    'leaves out one that is worse',
    'maybe is no state',
  ])
    expect(run.log).toContain(says);
});

test('severities as trivy-action has them are a level, and hide nothing', async () => {
  const misconfigured = {
    ...whole,
    Results: [
      {
        Target: 'Dockerfile',
        Class: 'config',
        Misconfigurations: [{ ID: 'DS002', Severity: 'MEDIUM', Status: 'FAIL' }],
      },
    ],
  };
  const folder = standIn('cat found.json > "$report"');
  writeFileSync(join(folder, 'found.json'), JSON.stringify(misconfigured));
  const of = async (severity: string) => {
    const run = await judge(workspace, { ...inputs, severity }, onPath(folder));
    return [run.outputs['verdict'], run.outputs['new']];
  };
  expect(await of('CRITICAL,HIGH')).toEqual(['warnings', '1']);
  expect(await of('CRITICAL,HIGH,MEDIUM')).toEqual(['findings', '1']);
});
