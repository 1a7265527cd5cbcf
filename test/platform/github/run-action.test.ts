import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { node24 } from '../../support/node24';
import { readPairs } from '../../support/runner/files';

const built = mkdtempSync(join(tmpdir(), 'shiplock-sample-'));
const started: { process: ChildProcess; folder: string }[] = [];

interface Ended {
  readonly code: number | null;
  readonly log: string;
  readonly outputs: string;
  readonly summary: string;
  readonly state: Readonly<Record<string, string>>;
}

beforeAll(() => {
  const args = ['--import', 'tsx', 'test/support/bundle-sample.ts', built];
  execFileSync(process.execPath, args, { stdio: 'inherit' });
}, 60_000);

afterAll(() => {
  rmSync(built, { recursive: true });
});

afterEach(() => {
  for (const { process: child, folder } of started.splice(0)) {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
});

/** Starts the sample action as the runner does; `talk` sees the log as it grows. */
async function runSample(
  inputs: Record<string, string>,
  environment: Record<string, string> = {},
  talk: (log: string, child: ChildProcess) => void = () => undefined,
): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'shiplock-action-'));
  const path = (name: string): string => join(folder, name);
  for (const name of ['output', 'summary', 'state']) writeFileSync(path(name), '');
  const child = spawn(node24(), [join(built, 'sample/index.js')], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      GITHUB_OUTPUT: path('output'),
      GITHUB_STATE: path('state'),
      GITHUB_STEP_SUMMARY: path('summary'),
      ...Object.fromEntries(
        ['ENDING', 'SPEED', 'BAKE', 'HOSTS', 'KEY', 'ENV'].map((name) => [`INPUT_${name}`, '']),
      ),
      ...Object.fromEntries(
        Object.entries(inputs).map(([name, text]) => [`INPUT_${name.toUpperCase()}`, text]),
      ),
      ...environment,
    },
  });
  started.push({ process: child, folder });
  let log = '';
  const hear = (chunk: Buffer): void => {
    log += chunk.toString();
    talk(log, child);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const textOf = (name: string): string => readFileSync(path(name), 'utf8');
  return {
    code,
    log,
    outputs: textOf('output'),
    summary: textOf('summary'),
    state: valuesOf(textOf('state')),
  };
}

const valuesOf = (file: string): Record<string, string> =>
  Object.fromEntries(readPairs(file).pairs);

/** What a runner would obey in a log. */
const commandsIn = (log: string): string[] =>
  log.split(/\r\n|\r|\n/).filter((line) => /^\s*::|##\[/.test(line));

describe('bad input', () => {
  test('is refused with every problem at once, exit 3, nothing run, nothing in post', async () => {
    const main = await runSample({ speed: 'fastest', bake: '3', env: 'A' });
    expect(main.code).toBe(3);
    const lines = commandsIn(main.log).filter((line) => !line.startsWith('::add-mask'));
    expect(lines).toEqual([
      '::error title=Sample action::4 inputs cannot be used:' +
        '%0A- ending: is required, but nothing is given. Write it on one line.' +
        '%0A- speed: "fastest" is not one of slow, fast. Write one of: slow, fast.' +
        '%0A- bake: "3" is not a duration of at most a week. Write a whole number with a unit, like 500ms, 30s, 2m or 1h30m.' +
        '%0A- env: line 1 is not NAME=value. Write one NAME=value per line; a name has letters, digits and _.' +
        '%0AMend the `with:` of this step and run it again. Nothing was touched.',
    ]);
    expect(valuesOf(main.outputs)).toEqual({ verdict: 'refused' });
    expect(main.summary).toContain('- speed: "fastest" is not one of');
    const post = await runSample(
      { speed: 'fastest' },
      { 'STATE_shiplock-phase': main.state['shiplock-phase'] ?? '' },
    );
    expect(post).toMatchObject({ code: 0, log: '' });
  });

  test('masks secrets first, also in lines that cannot be read', async () => {
    const { log } = await runSample({ speed: 'x', key: 'canary-key-1', env: 'canary-line-2' });
    expect(log).toContain('::add-mask::canary-key-1');
    const shown = log.split('\n').filter((line) => !line.startsWith('::add-mask::'));
    expect(shown.join('\n')).not.toMatch(/canary/);
    expect(log.indexOf('::add-mask::canary-line-2')).toBeLessThan(log.indexOf('::error'));
  });
});

describe('a run that throws', () => {
  test('tells message, hint and causes, and exits 1', async () => {
    const failed = await runSample({ ending: 'failed' });
    expect(failed.code).toBe(1);
    expect(failed.log).toContain('::error title=Sample action::The pull failed%0ALook there.\n');
    expect(failed.log).toContain('caused by: no route\ncaused by: cable\n');
    expect(valuesOf(failed.outputs)).toEqual({ verdict: 'failed' });
    expect(failed.summary).toBe(
      '## Sample action: failed\n\n```text\nThe pull failed\nLook there.\n```\n\n',
    );
  });

  test('is a bug of ours when nobody foresaw it, and says where to report it', async () => {
    const bug = await runSample({ ending: 'bug' }, { GITHUB_ACTION_REPOSITORY: 'some/where' });
    expect(bug.code).toBe(2);
    expect(bug.log).toContain('Shiplock itself failed: x is not a function');
    expect(bug.log).toContain('https://github.com/some/where/issues');
    expect(bug.log).toMatch(/caused by: TypeError: x is not a function\n\s+at /);
  });

  test('shows no secret in message, cause or summary', async () => {
    const { log, summary, code } = await runSample({ ending: 'leaking-error', key: 'canary-key' });
    const shown = log.split('\n').filter((line) => !line.startsWith('::add-mask::'));
    expect(shown.join('\n') + summary).not.toContain('canary');
    expect([code, summary]).toEqual([1, expect.stringContaining('error ***')]);
  });

  test('breaks the contract with its outputs: the summary stays, nothing false is put out', async () => {
    const broken = await runSample({ ending: 'broken-outputs' });
    expect(broken.code).toBe(2);
    expect(valuesOf(broken.outputs)).toEqual({ verdict: 'unproven' });
    expect(broken.summary).toContain('## all good');
    expect(broken.log).toContain('outputs break the contract: release: must be one line');
  });
});

describe('a run that does not come back', () => {
  test('whose promise can never settle exits 2 and says so', async () => {
    const hung = await runSample({ ending: 'hang' });
    expect([hung.code, hung.log]).toEqual([
      2,
      expect.stringContaining('ended before its work was done'),
    ]);
  });

  test('with an open handle ends all the same', async () => {
    const before = performance.now();
    expect((await runSample({ ending: 'open-handle' })).code).toBe(0);
    expect(performance.now() - before).toBeLessThan(10_000);
  }, 15_000);

  test('with a stray rejection goes on, and tells it', async () => {
    const { code, log } = await runSample({ ending: 'stray' });
    expect([code, log]).toEqual([0, expect.stringContaining('nobody waits for this')]);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'cancelled by %s is undone by its signal',
    async (signal) => {
      let sent = false;
      const { code, log } = await runSample({ ending: 'wait' }, {}, (sofar, child) => {
        if (!sent && sofar.includes('waiting')) sent = child.kill(signal);
      });
      expect(code).toBe(1);
      expect(log).toMatch(
        new RegExp(
          `waiting\n${signal} received: cancelling\nundone\n::error .*The run was cancelled`,
        ),
      );
    },
  );

  test('cancelled inside a timer is no bug of ours', async () => {
    let sent = false;
    const { code, log } = await runSample({ ending: 'wait-for-timer' }, {}, (sofar, child) => {
      if (!sent && sofar.includes('waiting')) sent = child.kill('SIGINT');
    });
    expect([code, log]).toEqual([1, expect.stringMatching(/::error .*::The run was cancelled/)]);
  });

  test('goes on undoing after its reader is gone', async () => {
    let sent = false;
    const { code } = await runSample({ ending: 'wait' }, {}, (sofar, child) => {
      if (sent || !sofar.includes('waiting')) return;
      child.stdout?.destroy();
      sent = child.kill('SIGTERM');
    });
    expect(code).toBe(1);
  });
});

describe('a run that ends well', () => {
  test('sets outputs, summary and exit code, and leaves its state to post', async () => {
    const main = await runSample({ ending: 'deployed', bake: '2m', hosts: 'a\nb' });
    expect(main).toMatchObject({ code: 0, summary: '## all good\n' });
    expect(main.log).toBe('bake 120000 hosts a+b\n');
    expect(valuesOf(main.outputs)).toEqual({ verdict: 'deployed', release: '7-v1' });
    const saved = Object.entries(main.state).map(([name, value]) => [`STATE_${name}`, value]);
    const post = await runSample(
      { ending: 'deployed' },
      Object.fromEntries(saved) as Record<string, string>,
    );
    expect(post).toMatchObject({
      code: 0,
      log: 'post was left by main\n',
      outputs: '',
      summary: '',
    });
  });

  test('passes on an exit code of its own', async () => {
    expect(await runSample({ ending: 'unproven' })).toMatchObject({ code: 2 });
  });

  test('works without a summary file', async () => {
    expect(await runSample({ ending: 'deployed' }, { GITHUB_STEP_SUMMARY: '' })).toMatchObject({
      code: 0,
    });
    const gone = await runSample({ ending: 'deployed' }, { GITHUB_STEP_SUMMARY: '/nonexistent/x' });
    expect([gone.code, gone.log]).toEqual([
      0,
      expect.stringContaining('summary could not be written'),
    ]);
  });

  test('shows no secret in log, warnings, summary and outputs, in no spelling', async () => {
    const key = '-----BEGIN KEY-----\ncanary+line/one\ncanary line two\n-----END KEY-----\n';
    const { log, summary, outputs } = await runSample({
      ending: 'leaking',
      key,
      env: 'A=canary "three"\nB=short',
    });
    const shown = log.split('\n').filter((line) => !line.startsWith('::add-mask::'));
    for (const text of [shown.join('\n'), summary, outputs]) {
      expect(text).not.toMatch(/canary/);
      expect(text).toContain('***');
      expect(text).toContain('short');
    }
    for (const line of ['canary+line/one', 'canary line two']) {
      for (const offset of [0, 1, 2]) {
        const tail = Buffer.from('x'.repeat(offset) + line)
          .toString('base64')
          .slice(4, 12);
        expect(shown.join('\n') + summary).not.toContain(tail);
      }
    }
  });

  test('prints remote text so that the runner obeys none of it', async () => {
    const { log } = await runSample({ ending: 'remote' });
    expect(commandsIn(log)).toEqual(['::warning::: :error::e%0A: :notice::n']);
    expect(log).toMatch(/^▸ pull\n {2}: :add-mask::deployed\n {2}: :set-output name=verdict::x\n/);
    expect(log).toMatch(
      / {4}: :warning::w\n {2}## \[add-mask\]y!\n✓ pull {6}3 images {56}\s+0\.\d s\n/,
    );
  });
});
