import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runProgram, type ProgramRun } from '../../src/platform/run-program';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shiplock-program-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const run = (script: string, more: Partial<ProgramRun> = {}) =>
  runProgram({
    argv: ['/bin/sh', '-c', script],
    folder,
    variables: { PATH: process.env['PATH'] ?? '' },
    stdout: join(folder, 'out'),
    stderr: join(folder, 'err'),
    maxBytes: 1000,
    timeoutMs: 20_000,
    signal: new AbortController().signal,
    ...more,
  });
const out = (): string => readFileSync(join(folder, 'out'), 'utf8');

/** Whether a process is there and is no corpse that nobody has buried yet. */
function lives(pid: string): boolean {
  const stat = `/proc/${pid.trim()}/stat`;
  return existsSync(stat) && !readFileSync(stat, 'utf8').includes(') Z ');
}

test('its end and both outputs are kept, apart', async () => {
  expect(await run('echo a; echo b >&2; exit 3')).toEqual({ kind: 'exited', code: 3 });
  expect([out(), readFileSync(join(folder, 'err'), 'utf8')]).toEqual(['a\n', 'b\n']);
});

test('it has the variables that are named, and no other', async () => {
  process.env['TRIVY_SEVERITY'] = 'LOW';
  await run('env | sort', { variables: { A: '1', PATH: '/usr/bin:/bin' } });
  delete process.env['TRIVY_SEVERITY'];
  const own = out()
    .split('\n')
    .filter((line) => !/^(?:PWD|SHLVL|_|OLDPWD)=/.test(line) && line !== '');
  expect(own).toEqual(['A=1', 'PATH=/usr/bin:/bin']);
});

describe('what is no end of its own', () => {
  test('a signal', async () => {
    expect(await run('kill -9 $$')).toEqual({ kind: 'killed', signal: 'SIGKILL' });
  });

  test('a deadline, also for one that takes no notice of the first word', async () => {
    const script = "trap '' TERM; sh -c 'trap \"\" TERM; echo $$; sleep 600; sleep 600'";
    expect(await run(script, { timeoutMs: 300 })).toEqual({ kind: 'timeout' });
    expect(lives(out())).toBe(false);
  });

  test('more output than is wanted', async () => {
    expect(await run('yes')).toEqual({ kind: 'too-much' });
    expect(out().length).toBeLessThanOrEqual(1000);
  });

  test('a program that is not there', async () => {
    const end = await run('', { argv: [join(folder, 'nothing')] });
    expect(end).toMatchObject({ kind: 'fault' });
    expect(end).toHaveProperty('why', expect.stringContaining('ENOENT'));
  });

  test('a place for its output that takes none', async () => {
    const end = await run('yes', { stdout: '/dev/full', maxBytes: 2 ** 30 });
    expect(end).toHaveProperty('why', expect.stringContaining('ENOSPC'));
  });
});

test('what it leaves behind is ended with it', async () => {
  expect(await run('sleep 600 & echo $!')).toEqual({ kind: 'exited', code: 0 });
  expect(lives(out())).toBe(false);
});

test('a cancel ends it, and is thrown on', async () => {
  const { signal, abort } = ((controller: AbortController) => ({
    signal: controller.signal,
    abort: (): void => {
      controller.abort(new Error('cancelled'));
    },
  }))(new AbortController());
  const ended = run('echo $$; exec sleep 600', { signal });
  while (!existsSync(join(folder, 'out')) || out() === '')
    await new Promise((wake) => setTimeout(wake, 10));
  abort();
  await expect(ended).rejects.toThrow('cancelled');
  expect(lives(out())).toBe(false);
  await expect(run('true', { signal })).rejects.toThrow('cancelled');
});
