import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { createCommandReader } from '../support/runner-commands';
import { readPairs } from '../support/runner-files';

const folder = mkdtempSync(join(tmpdir(), 'shiplock-channel-'));
const kinds = ['OUTPUT', 'STATE', 'ENV', 'STEP_SUMMARY'];
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs these lines in a process of their own, as a step with the runner's files. */
function step(lines: string, environment: Readonly<Record<string, string>> = {}) {
  const files = Object.fromEntries(kinds.map((kind) => [`GITHUB_${kind}`, join(folder, kind)]));
  for (const path of Object.values(files)) writeFileSync(path, '');
  const module = join(import.meta.dirname, '../../src/platform/runner-channel.ts');
  const script = `import * as runner from ${JSON.stringify(module)};\n${lines}`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  const env = { PATH: process.env['PATH'], ...files, ...environment };
  const stdout = execFileSync(process.execPath, args, { encoding: 'utf8', env });
  const read = createCommandReader();
  return {
    commands: stdout.split('\n').flatMap((line) => read(line) ?? []),
    stdout,
    file: (kind: string) => readFileSync(join(folder, kind), 'utf8'),
  };
}

const awkward = 'one\r\ntwo=2\nEOF\n\n%25 :: , ::error::no\n';

test('values reach the runner as they are, whatever is in them', () => {
  const text = JSON.stringify(awkward);
  const { file, stdout } = step(
    `for (const tell of [runner.setOutput, runner.saveState, runner.setVariable]) { tell('a', ${text}); tell('b', ''); }`,
  );
  for (const kind of ['OUTPUT', 'STATE', 'ENV'])
    expect(readPairs(file(kind))).toEqual({
      pairs: [
        ['a', awkward],
        ['b', ''],
      ],
      problem: null,
    });
  expect(stdout).toBe('');
});

test('commands carry any text, and begin no other', () => {
  const text = JSON.stringify(awkward);
  const { commands } = step(
    `runner.showError(${text}, 'a: b, c%'); runner.showWarning(${text}); runner.maskSecret('x%0A');`,
  );
  expect(commands).toEqual([
    { command: 'error', properties: { title: 'a: b, c%' }, data: awkward },
    { command: 'warning', properties: {}, data: awkward },
    { command: 'add-mask', properties: {}, data: 'x%0A' },
  ]);
});

test('inputs and saved texts are read by the names that the runner gives them', () => {
  const { stdout } = step(
    `console.log(JSON.stringify([runner.inputOf('github-token'), runner.inputOf('other'), runner.savedState('phase')]))`,
    { 'INPUT_GITHUB-TOKEN': ' t ', STATE_phase: 'ready' },
  );
  expect(JSON.parse(stdout)).toEqual([' t ', '', 'ready']);
});

test('a summary is added to what is there; one that cannot be written throws', () => {
  const { file } = step(`runner.addSummary('# a'); runner.addSummary('b');`);
  expect(file('STEP_SUMMARY')).toBe('# a\nb\n');
  const lines = `try { runner.addSummary('a') } catch { console.log('thrown') }`;
  expect(step(lines, { GITHUB_STEP_SUMMARY: folder }).stdout).toBe('thrown\n');
});

test('outside of a runner nothing is recorded', () => {
  const none = Object.fromEntries(kinds.map((kind) => [`GITHUB_${kind}`, '']));
  const { stdout } = step(`runner.setOutput('a', 'b'); runner.addSummary('c');`, none);
  expect(stdout).toBe('');
});
