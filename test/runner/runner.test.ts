import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from '@jest/globals';
import { runAction, type ActionRun } from '../support/runner/runner';

const root = mkdtempSync(join(tmpdir(), 'shiplock-runner-test-'));
afterAll(() => {
  rmSync(root, { recursive: true });
});

interface Programs {
  readonly pre?: string;
  readonly main: string;
  readonly post?: string;
}

let made = 0;

/** Writes an action of a few lines; each program may use `append(file, text)` and `env`. */
function action(programs: Programs): Pick<ActionRun, 'action' | 'workspace'> {
  const folder = join(root, `action-${(made += 1)}`);
  const workspace = join(folder, 'workspace');
  mkdirSync(workspace, { recursive: true });
  const names = Object.keys(programs) as (keyof Programs)[];
  const helpers = `import { appendFileSync, readFileSync, existsSync } from 'node:fs'; import { spawn } from 'node:child_process';
    const env = process.env; const append = (name, text) => appendFileSync(env['GITHUB_' + name], text);\n`;
  for (const name of names) {
    writeFileSync(join(folder, `${name}.mjs`), helpers + String(programs[name]));
  }
  const inputs = `inputs: { ssh-key: { description: k }, config: { default: shiplock.yml }, token: { default: '\${{ github.token }}' } }`;
  const runs = ['using: node24', ...names.map((name) => `${name}: ${name}.mjs`)].join(', ');
  writeFileSync(
    join(folder, 'action.yml'),
    `name: t\ndescription: d\n${inputs}\nruns: { ${runs} }\n`,
  );
  return { action: folder, workspace };
}

const hidden = 'correct horse battery staple';

describe('an action that behaves', () => {
  test('gets inputs, facts and files, and leaves outputs, state, summary and annotations', async () => {
    const good = action({
      pre: `append('STATE', 'from=pre\\n'); append('ENV', 'LATER=yes\\n'); append('PATH', '/opt/tool\\n')`,
      main: `console.log(JSON.stringify({ key: env['INPUT_SSH-KEY'], config: env.INPUT_CONFIG, token: env.INPUT_TOKEN.length,
          from: env.STATE_from, later: env.LATER, path: env.PATH.split(':')[0], ref: env.GITHUB_REF_NAME, mine: env.MINE,
          node: process.versions.node.split('.')[0], tty: [process.stdin, process.stdout, process.stderr].map((s) => s.isTTY ?? false),
          stdin: readFileSync(0, 'utf8'), cwd: process.cwd() === env.GITHUB_WORKSPACE,
          event: JSON.parse(readFileSync(env.GITHUB_EVENT_PATH, 'utf8')).ref }));
        console.error('::warning file=a.ts::careful');
        append('OUTPUT', 'verdict<<X\\ndeployed\\nX\\n'); append('STATE', 'left=by main\\n'); append('STEP_SUMMARY', '# fine\\n');`,
      post: `console.log('post has ' + env.STATE_left + ' and ' + env.STATE_from); append('STEP_SUMMARY', 'after\\n')`,
    });
    const env = { MINE: 'own' };
    const result = await runAction({
      ...good,
      inputs: { 'ssh-key': 'k1' },
      env,
      ref: 'refs/tags/v2.0.0',
    }).done;
    expect(result).toMatchObject({ conclusion: 'success', exitCode: 0, postExitCode: 0 });
    const [first = '', ...rest] = result.log.split('\n');
    expect(JSON.parse(first)).toEqual({
      ...{
        key: 'k1',
        config: 'shiplock.yml',
        token: 40,
        from: 'pre',
        later: 'yes',
        path: '/opt/tool',
      },
      ...{
        ref: 'v2.0.0',
        mine: 'own',
        node: '24',
        tty: [false, false, false],
        stdin: '',
        cwd: true,
      },
      event: 'refs/tags/v2.0.0',
    });
    expect(rest).toEqual(['##[warning]careful', 'post has by main and pre']);
    expect(result.outputs).toEqual({ verdict: 'deployed' });
    expect(result.state).toEqual({ from: 'pre', left: 'by main' });
    expect(result.summary).toBe('# fine\nafter\n');
    expect(result.annotations).toEqual([
      { level: 'warning', message: 'careful', properties: { file: 'a.ts' } },
    ]);
    expect(result.firstLineMs).toBeGreaterThan(0);
    expect(result.durationMs).toBeGreaterThanOrEqual(result.firstLineMs ?? Infinity);
  });

  test('has every variable that GitHub documents for a JavaScript action', async () => {
    const { log } = await runAction(action({ main: `console.log(JSON.stringify(env))` })).done;
    const env = JSON.parse(log) as Record<string, string>;
    const documented = readFileSync('test/runner/documented-variables.txt', 'utf8')
      .trim()
      .split('\n');
    expect(documented.length).toBeGreaterThan(40);
    expect(documented.filter((name) => env[name] === undefined)).toEqual([]);
    const ours = Object.keys(process.env).filter((name) => name.startsWith('npm_') && name in env);
    expect(ours).toEqual([]);
  });

  test('its lines are told while it runs', async () => {
    const slow = action({
      main: `process.stdout.write('one\\rtwo\\r\\nthr'); setTimeout(() => { console.log('ee'); }, 200);
        const wait = setInterval(() => { if (existsSync('go')) { clearInterval(wait); console.log('went'); } }, 10)`,
    });
    const lines: string[] = [];
    const run = runAction({ ...slow, onLine: (line) => lines.push(line) });
    await run.seen(/two/);
    expect(lines).toEqual(['one', 'two']);
    await run.seen(/three/);
    writeFileSync(join(slow.workspace, 'go'), '');
    expect(await run.seen(/^wen/)).toBe('went');
    expect((await run.done).log).toBe('one\ntwo\nthree\nwent');
    await expect(run.seen(/four/)).rejects.toThrow('ended without a line like /four/');
  });
});

describe('an action that fails', () => {
  test('by its exit code: post still runs', async () => {
    const failing = action({ main: `console.log('::error::no'); process.exitCode = 3`, post: `` });
    const result = await runAction(failing).done;
    expect(result).toMatchObject({ conclusion: 'failure', exitCode: 3, postExitCode: 0 });
  });

  test('in pre: neither main nor post runs', async () => {
    const failing = action({
      pre: `process.exitCode = 1`,
      main: `console.log('main')`,
      post: `console.log('post')`,
    });
    const result = await runAction(failing).done;
    expect(result).toMatchObject({
      conclusion: 'failure',
      exitCode: null,
      postExitCode: null,
      log: '',
    });
  });

  test('by a file that the runner cannot read, keeping what it could', async () => {
    const failing = action({ main: `append('OUTPUT', 'a=1\\nb<<EOF\\nnever ends\\n')` });
    const result = await runAction(failing).done;
    expect(result).toMatchObject({ conclusion: 'failure', exitCode: 0, outputs: { a: '1' } });
    expect(result.annotations.map(({ message }) => message)).toEqual([
      "Unable to process file command 'output' successfully.",
      "Matching delimiter not found 'EOF'",
    ]);
  });

  test('by a command that GitHub no longer obeys', async () => {
    const failing = action({ main: `console.log('::set-env name=A::1\\n::set-output name=b::2')` });
    const result = await runAction(failing).done;
    expect(result).toMatchObject({ conclusion: 'failure', env: {}, outputs: { b: '2' } });
  });

  test('to fit its summary into 1 MiB, or sets NODE_OPTIONS: told, not fatal', async () => {
    const main = `append('STEP_SUMMARY', 'x'.repeat(1024 * 1024 + 1)); append('ENV', 'NODE_OPTIONS=--x\\nA=1\\n')`;
    const result = await runAction(action({ main })).done;
    expect(result).toMatchObject({ conclusion: 'success', summary: '', env: { A: '1' } });
    expect(result.annotations).toHaveLength(2);
  });

  test('for an input that action.yml does not have: it is not even started', () => {
    const run = { ...action({ main: '' }), inputs: { 'ssh-keys': 'x' } };
    expect(() => runAction(run)).toThrow(
      'action.yml has no input ssh-keys; it has ssh-key, config',
    );
  });
});

describe('the cancel button', () => {
  const talk = `for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => console.log(Math.round(performance.now()) + ' ' + name));
    setInterval(() => undefined, 1000); console.log('ready');`;

  test('gives SIGINT first, and post runs after a main that obeys', async () => {
    const polite = action({
      main: `process.on('SIGINT', () => { console.log('undone'); process.exit(1); }); setInterval(() => undefined, 1000); console.log('ready')`,
      post: `console.log('post')`,
    });
    const run = runAction(polite);
    await run.seen(/ready/);
    run.cancel();
    expect(await run.done).toMatchObject({
      ...{ conclusion: 'cancelled', exitCode: 1, postExitCode: 0, log: 'ready\nundone\npost' },
    });
  });

  test('ends the whole tree of one that ignores it, after 7.5 s and 2.5 s more', async () => {
    const child = `const { writeFileSync } = require('node:fs'); process.on('SIGINT', () => 0); process.on('SIGTERM', () => 0);
      setInterval(() => writeFileSync('beat', String(Date.now())), 50); console.log('child')`;
    const stubborn = action({
      main: `spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' }); ${talk}`,
      post: `console.log('post')`,
    });
    const run = runAction(stubborn);
    await run.seen(/ready/);
    await run.seen(/child/);
    const cancelled = performance.now();
    run.cancel();
    const result = await run.done;
    const elapsed = performance.now() - cancelled;
    expect(result).toMatchObject({ conclusion: 'cancelled', exitCode: 137, postExitCode: 0 });
    const [interrupt, terminate] = [...result.log.matchAll(/(\d+) SIG/g)].map((match) =>
      Number(match[1]),
    );
    expect(Number(terminate) - Number(interrupt)).toBeGreaterThan(7_300);
    expect(Number(terminate) - Number(interrupt)).toBeLessThan(8_500);
    expect(elapsed).toBeGreaterThan(9_900);
    expect(elapsed).toBeLessThan(12_000);
    const beat = (): string => readFileSync(join(stubborn.workspace, 'beat'), 'utf8');
    const last = beat();
    await sleep(300);
    expect(beat()).toBe(last);
    expect(result.log).toMatch(/\npost$/);
  }, 30_000);

  test('a runner that is lost ends everything at once, without post', async () => {
    const run = runAction(action({ main: talk, post: `console.log('post')` }));
    await run.seen(/ready/);
    run.kill();
    expect(await run.done).toMatchObject({
      ...{ conclusion: 'cancelled', exitCode: 137, postExitCode: null, log: 'ready' },
    });
  });
});

describe('a secret', () => {
  const spelled = `const s = env['INPUT_SSH-KEY'];`;
  test.each([
    ['in the log', `console.log('it is ' + s)`, 'the text of secret 1 in the log'],
    ['in the log before its mask', `console.log(s + '\\n::add-mask::' + s)`, 'in the log'],
    ['in the log after its mask', `console.log('::add-mask::' + s + '\\n' + s)`, 'in the log'],
    [
      'in an annotation',
      `console.error('::error::' + encodeURIComponent(s).replaceAll('%', '%25'))`,
      'the URL form',
    ],
    [
      'as base64 inside more',
      `console.log(Buffer.from('user:' + s).toString('base64'))`,
      'the base64 form',
    ],
    ['as base64url', `console.log(Buffer.from('ab' + s).toString('base64url'))`, 'the base64 form'],
    ['in the summary', `append('STEP_SUMMARY', s)`, 'in the step_summary file'],
    ['in an output', `append('OUTPUT', 'a=' + s + '\\n')`, 'in the output file'],
    ['in the state', `append('STATE', 'a=' + s + '\\n')`, 'in the state file'],
    ['in the environment', `append('ENV', 'a=' + s + '\\n')`, 'in the env file'],
  ])('that shows up %s is found', async (_, main, where) => {
    const leaking = { ...action({ main: spelled + main }), inputs: { 'ssh-key': hidden } };
    const thrown: unknown = await runAction({ ...leaking, secrets: [hidden] }).done.catch(
      (error: unknown) => error,
    );
    expect(String(thrown)).toContain(where);
    expect(String(thrown)).not.toContain(hidden);
  });

  test('is found by one of its lines', async () => {
    const secrets = [`-----BEGIN KEY-----\nabcdefghij\n-----END KEY-----\n`];
    const leak = action({ main: `console.log('x abcdefghij x')` });
    await expect(runAction({ ...leak, secrets }).done).rejects.toThrow('a secret can be read');
    const harmless = action({ main: `console.log('-----BEGIN KEY-----')` });
    await expect(runAction({ ...harmless, secrets }).done).resolves.toBeDefined();
  });

  test('that is only masked is no leak', async () => {
    const masking = action({ main: `${spelled} console.log('::add-mask::' + s + '\\nfine')` });
    const run = { ...masking, inputs: { 'ssh-key': hidden }, secrets: [hidden] };
    expect((await runAction(run).done).log).toBe('fine');
  });
});
