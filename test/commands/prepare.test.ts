import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { prepareExit, restoreIncludeScript } from '../../src/commands/prepare';
import { shells } from '../support/posix-shells';
import { commandsThat, leaseOf, prepareStand, type PrepareStand } from '../support/prepare-stand';
import { runCommand } from '../support/run-command';

const stands: PrepareStand[] = [];

async function stand(shell: readonly string[] = ['sh'], inside?: string): Promise<PrepareStand> {
  const made = await prepareStand(shell, inside);
  stands.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(stands.splice(0).map((one) => one.remove()));
});

const first = {
  deploy: 'd1',
  expected: '',
  release: '1-v1',
  include: 'include 1\n',
  keeper: 'keeper\n',
};

describe.each(shells)('%s', (name, shell) => {
  test('of two racers one takes the lease and all it brought; the other is told so', async () => {
    const server = await stand(shell);
    let lease = '';
    // The lock is the same file under every shell; one of them runs many rounds.
    for (let round = 0; round < (name === 'sh' ? 50 : 10); round += 1) {
      const racers = ['a', 'b'].map((name) => `${round}${name}`);
      const ends = await Promise.all(
        racers.map((deploy) => server.prepare({ deploy, expected: lease, release: `r-${deploy}` })),
      );
      const codes = ends.map(({ code }) => code);
      expect([...codes].sort()).toEqual([0, prepareExit.leaseMoved]);
      const [winner = '', loser = ''] = codes[0] === 0 ? racers : racers.toReversed();
      lease = leaseOf(winner);
      expect(await server.read('lease')).toBe(lease);
      expect(await server.read(`journal/${winner}.plan.json`)).toBe(`plan of ${winner}\n`);
      expect(await server.read(`releases/r-${winner}/release.json`)).toBe(
        `release.json of ${winner}\n`,
      );
      expect(await server.read(`journal/${loser}.plan.json`)).toBeNull();
      expect(await server.read(`releases/r-${loser}/release.json`)).toBeNull();
    }
    expect((await server.modes(server.base)).filter((name) => name.includes('incoming'))).toEqual(
      [],
    );
  }, 60_000);

  test('what was expected is not there any more: nothing is touched', async () => {
    const server = await stand(shell);
    expect(await server.prepare(first)).toMatchObject({ code: 0 });
    const before = [await server.modes(server.base), await server.modes(server.config)];
    const stale = { ...first, deploy: 'd2', include: 'include 2\n' };
    expect(await server.prepare(stale)).toMatchObject({ code: prepareExit.leaseMoved, stdout: '' });
    expect([await server.modes(server.base), await server.modes(server.config)]).toEqual(before);
    expect(await server.read('lease')).toBe(leaseOf('d1'));
    expect(await readFile(join(server.config, 'shop-production.conf'), 'utf8')).toBe('include 1\n');
  });

  test.each(['000', '022', '077'])(
    'with umask %s only the proxy folder can be read by others',
    async (umask) => {
      const server = await stand(shell);
      expect(await server.prepare(first, { umask })).toMatchObject({ code: 0 });
      await server.noteIncludeRead();
      const again = { ...first, deploy: 'd2', expected: leaseOf('d1'), include: 'include 2\n' };
      expect(await server.prepare(again, { umask })).toMatchObject({ code: 0 });
      expect(await server.modes(server.base)).toEqual([
        'include.before 600',
        'include.pending 600',
        'journal 700',
        'journal/d1.plan.json 600',
        'journal/d2.plan.json 600',
        'keeper 700',
        'keeper/k1.mjs 600',
        'lease 600',
        'lock 600',
        'releases 700',
        'releases/1-v1 700',
        'releases/1-v1/compose.json 600',
        'releases/1-v1/release.json 600',
        'releases/1-v1/source.json 600',
        'shared.json 600',
      ]);
      expect(await server.modes(server.config)).toEqual([
        'shop-production 755',
        'shop-production.conf 644',
        'shop-production/green.json 644',
      ]);
      expect((await stat(server.base)).mode & 0o777).toBe(0o700);
    },
  );

  test('says when the include is new, and only then', async () => {
    const server = await stand(shell);
    const next = (number: number, include: string) => ({
      deploy: `d${number}`,
      expected: number === 1 ? '' : leaseOf(`d${number - 1}`),
      include,
    });
    expect((await server.prepare(next(1, 'one\n'))).stdout).toBe('include-changed\n');
    await server.noteIncludeRead();
    expect((await server.prepare(next(2, 'one\n'))).stdout).toBe('');
    expect((await server.prepare(next(3, 'two\n'))).stdout).toBe('include-changed\n');
    expect(await server.read('include.before')).toBe('one\n');
  });

  test('goes on saying it until the proxy has read it, and keeps what it has read until then', async () => {
    const server = await stand(shell);
    await server.prepare({ ...first, include: 'one\n' });
    await server.noteIncludeRead();
    for (const [number, include] of [
      [2, 'two\n'],
      [3, 'two\n'],
      [4, 'three\n'],
    ] as const) {
      const next = { deploy: `d${number}`, expected: leaseOf(`d${number - 1}`), include };
      expect((await server.prepare(next)).stdout).toBe('include-changed\n');
      expect(await server.read('include.before')).toBe('one\n');
    }
  });

  test('paths may hold spaces, quotes and what a shell would expand', async () => {
    const server = await stand(shell, `it's "a" $HOME *`);
    const end = await server.prepare(first);
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(await server.read('releases/1-v1/release.json')).toBe('release.json of d1\n');
    expect(await readFile(join(server.config, 'shop-production', 'green.json'), 'utf8')).toBe(
      'green of d1\n',
    );
  });

  test('a lease is freed by whoever wrote it, and by nobody else', async () => {
    const server = await stand(shell, `it's "a" $HOME *`);
    await server.prepare(first);
    expect(await server.free('d0')).toMatchObject({ code: 0, stderr: '' });
    expect(await server.read('lease')).toBe(leaseOf('d1'));
    expect(await server.free('d1')).toMatchObject({ code: 0, stderr: '' });
    expect(await server.read('lease')).toBe(leaseOf(''));
    expect(await server.modes(server.base)).toContain('lease 600');
  });

  test('a release that is made anew takes the place of the old one', async () => {
    const server = await stand(shell);
    await server.prepare(first);
    await server.prepare({ ...first, deploy: 'd2', expected: leaseOf('d1') });
    for (const name of ['release.json', 'compose.json', 'source.json'])
      expect(await server.read(`releases/1-v1/${name}`)).toBe(`${name} of d2\n`);
  });
});

test('a lock that stays taken is given up, and nothing was touched', async () => {
  const server = await stand();
  await server.prepare(first);
  const holder = spawn('flock', [join(server.base, 'lock'), 'sh', '-c', 'echo taken; cat']);
  await once(holder.stdout, 'data');
  const path = await commandsThat('true', 0);
  await writeFile(join(path, 'sleep'), '#!/bin/sh\n', { mode: 0o755 });
  const end = await server.prepare({ ...first, deploy: 'd2', expected: leaseOf('d1') }, { path });
  holder.stdin.end();
  await once(holder, 'close');
  await rm(path, { recursive: true });
  expect(end.code).toBe(prepareExit.busy);
  expect(await server.read('lease')).toBe(leaseOf('d1'));
  expect(await server.read('journal/d2.plan.json')).toBeNull();
});

/** Prepares a second deploy over a first one while the command of that number goes wrong; null = there are not so many. */
async function struck(before: PrepareStand, act: string, number: number) {
  const server = await before.copy();
  stands.push(server);
  const path = await commandsThat(act, number);
  const upload = {
    ...first,
    deploy: 'd2',
    expected: leaseOf('d1'),
    include: 'include 2\n',
    keeper: 'keeper 2\n',
  };
  const end = await server.prepare(upload, { path });
  const calls = Number(await readFile(join(path, 'count'), 'utf8'));
  await rm(path, { recursive: true });
  return calls < number ? null : { server, end };
}

const oldOrNew = (what: string): string[] => [`${what} of d1\n`, `${what} of d2\n`];

describe('whichever command it dies before', () => {
  test('each file is the old one or the new one, and the next deploy has its way', async () => {
    const before = await stand();
    await before.prepare(first);
    let number = 1;
    for (; number < 100; number += 1) {
      const struckOne = await struck(before, 'kill -9 $PPID', number);
      if (struckOne === null) break;
      const { server } = struckOne;
      const lease = (await server.read('lease')) ?? '';
      expect([leaseOf('d1'), leaseOf('d2')]).toContain(lease);
      for (const name of ['release.json', 'compose.json', 'source.json'])
        expect(oldOrNew(name)).toContain(await server.read(`releases/1-v1/${name}`));
      expect(oldOrNew('shared')).toContain(await server.read('shared.json'));
      expect(oldOrNew('green')).toContain(
        await readFile(join(server.config, 'shop-production', 'green.json'), 'utf8'),
      );
      expect(['include 1\n', 'include 2\n']).toContain(
        await readFile(join(server.config, 'shop-production.conf'), 'utf8'),
      );
      const next = await server.prepare({
        ...first,
        deploy: 'd3',
        expected: lease,
        include: 'include 3\n',
      });
      expect(next).toMatchObject({ code: 0, stdout: 'include-changed\n' });
      expect(await server.read('lease')).toBe(leaseOf('d3'));
      expect((await server.modes(server.base)).filter((name) => name.includes('incoming'))).toEqual(
        [],
      );
    }
    expect(number).toBeGreaterThan(20);
  }, 60_000);
});

test('whichever command fails, the exit code says so or all is in place', async () => {
  const before = await stand();
  await before.prepare(first);
  let number = 1;
  for (; number < 100; number += 1) {
    const struckOne = await struck(before, 'exit 9', number);
    if (struckOne === null) break;
    const { server, end } = struckOne;
    if (end.code !== 0) continue;
    expect(await server.read('lease')).toBe(leaseOf('d2'));
    expect(await server.read('releases/1-v1/release.json')).toBe('release.json of d2\n');
    expect(await readFile(join(server.config, 'shop-production.conf'), 'utf8')).toBe('include 2\n');
    expect(await readFile(join(server.config, 'shop-production', 'green.json'), 'utf8')).toBe(
      'green of d2\n',
    );
    expect(end.stdout).toBe('include-changed\n');
  }
  expect(number).toBeGreaterThan(20);
}, 60_000);

describe('the include that was there before', () => {
  const restored = async (server: PrepareStand) => {
    const include = join(server.config, 'shop-production.conf');
    const argv = ['sh', '-c', restoreIncludeScript, 'sh', server.base, include];
    expect(await runCommand(argv)).toMatchObject({ code: 0 });
    const text = await readFile(include, 'utf8').catch(() => null);
    return text === null ? null : { text, mode: (await stat(include)).mode & 0o777 };
  };

  test('comes back, readable for the proxy', async () => {
    const server = await stand();
    await server.prepare({ ...first, include: 'good\n' });
    await server.noteIncludeRead();
    await server.prepare({ ...first, deploy: 'd2', expected: leaseOf('d1'), include: 'bad\n' });
    expect(await restored(server)).toEqual({ text: 'good\n', mode: 0o644 });
  });

  test('is none when there was none', async () => {
    const server = await stand();
    await server.prepare({ ...first, include: 'bad\n' });
    expect(await restored(server)).toBeNull();
  });

  test('is what the team put there by hand', async () => {
    const server = await stand();
    await mkdir(server.config, { recursive: true });
    await writeFile(join(server.config, 'shop-production.conf'), 'by hand\n');
    await server.prepare({ ...first, include: 'bad\n' });
    expect(await restored(server)).toEqual({ text: 'by hand\n', mode: 0o644 });
  });
});
