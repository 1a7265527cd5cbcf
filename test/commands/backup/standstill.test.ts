import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { filesSwapScript } from '../../../src/commands/backup/files-restore';
import { redisSwapScript } from '../../../src/commands/backup/redis-restore';
import { changePlacesScript } from '../../../src/commands/backup/sqlite-restore';
import { standstillScript } from '../../../src/commands/backup/standstill';
import { script } from '../../../src/commands/shell';
import { runCommand } from '../../support/run-command';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shiplock-standstill-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const at = (path: string): string => join(folder, path);
const read = (path: string): string => readFileSync(at(path), 'utf8');

/** A program of the given name, ahead of the real one. */
function program(name: string, text: string): void {
  mkdirSync(at('bin'), { recursive: true });
  writeFileSync(at(`bin/${name}`), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

const run = (argv: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runCommand(argv, { env: { PATH: `${at('bin')}:${process.env['PATH'] ?? ''}`, ...env } });

describe('while containers stand still', () => {
  const swap = (text: string): string => {
    const change = { steps: [script(text)], clear: [['rm', '-f', at('beside')]] };
    const words = { docker: ['docker'], containers: ['web', 'it has'], ...change };
    writeFileSync(at('unfinished.sh'), standstillScript(words));
    return at('unfinished.sh');
  };
  const told = (): string[] => read('told').trim().split('\n');

  beforeEach(() => {
    program('docker', `[ "$1" = inspect ] || echo "$@" >>${at('told')}`);
    writeFileSync(at('beside'), '');
    writeFileSync(at('told'), '');
  });

  const both = ['stop web', 'stop it has', 'start web', 'start it has'];

  test('data changes places, what is left is cleared, and they are started again', async () => {
    const done = await run(['sh', swap('echo said')]);
    expect(done).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(told()).toEqual(both);
    expect(
      ['unfinished.sh', 'unfinished.sh.begun', 'beside'].map((name) => existsSync(at(name))),
    ).toEqual([false, false, false]);
  });

  test('a step that changed nothing is told of, and they are started again', async () => {
    const done = await run(['sh', swap('echo it is open >&2; exit 4')]);
    expect(done).toMatchObject({ code: 4, stderr: 'it is open\n' });
    expect(told()).toEqual(both);
    expect([existsSync(at('unfinished.sh')), existsSync(at('beside'))]).toEqual([false, false]);
  });

  test('a step that was cut off leaves them still, until the next run ends it', async () => {
    const file = swap(`[ -e ${at('twice')} ] || { >${at('twice')}; kill -9 $$; }`);
    expect((await run(['sh', file])).code).toBe(137);
    expect(told()).toEqual(both.slice(0, 2));
    expect([existsSync(file), existsSync(at('beside'))]).toEqual([true, true]);
    expect((await run(['sh', file])).code).toBe(0);
    expect(told().slice(2)).toEqual(both);
    expect([existsSync(file), existsSync(at('beside'))]).toEqual([false, false]);
  });

  test('nor does a second run that fails start anybody on half of the data', async () => {
    const file = swap(`[ -e ${at('twice')} ] && exit 4; >${at('twice')}; kill -9 $$`);
    await run(['sh', file]);
    expect((await run(['sh', file])).code).toBe(4);
    expect(told().join()).not.toContain('start');
    expect([existsSync(file), existsSync(at('beside'))]).toEqual([true, true]);
  });

  test('a container that is gone since keeps nobody from it', async () => {
    program('docker', `[ "$1" = ps ] || { echo "No such container: $2" >&2; exit 1; }`);
    const file = swap(`echo said >${at('done')}`);
    expect((await run(['sh', file])).code).toBe(0);
    expect([read('done'), existsSync(file)]).toEqual(['said\n', false]);
  });

  test('one that is there and does not stop keeps data from changing places', async () => {
    program('docker', `case $1 in ps) echo it ;; stop) exit 1 ;; esac`);
    expect((await run(['sh', swap(`echo said >${at('done')}`)])).code).toBe(4);
    expect(existsSync(at('done'))).toBe(false);
  });
});

/** Before the n-th `mv`, the shell that called for it dies. */
const cutting = (n: number): void => {
  program(
    'mv',
    `n=$(($(cat ${at('count')} 2>/dev/null || echo 0) + 1)); echo $n >${at('count')}
[ $n != ${n} ] || { kill -9 $PPID; exit 1; }
exec /bin/mv "$@"`,
  );
};

describe.each([1, 2, 3, 4, 5, 6])('cut off before its move number %s, the next run ends', (n) => {
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(at(path), '..'), { recursive: true });
      writeFileSync(at(path), text);
    }
  };
  const twice = async (text: string, args: readonly string[]): Promise<void> => {
    cutting(n);
    await run(script(text, args));
    cutting(0);
    expect(await run(script(text, args))).toMatchObject({ code: 0, stderr: '' });
    expect(await run(script(text, args))).toMatchObject({ code: 0, stderr: '' });
  };

  test('the change of a SQLite database', async () => {
    write({ 'app.db': 'old', 'app.db-wal': 'old wal', 'app.db-shm': 'old shm' });
    write({ 'app.db.restore-t': 'new' });
    await twice(changePlacesScript, [at('copy'), at('app.db'), 't']);
    expect(read('app.db')).toBe('new');
    expect([existsSync(at('app.db-wal')), existsSync(at('app.db-shm'))]).toEqual([false, false]);
    expect(read('app.db.before-t') + read('app.db.before-t-wal')).toBe('oldold wal');
  });

  test('the change of the files of a Redis', async () => {
    write({ 'data/dump.rdb': 'old', 'data/appendonlydir/a': 'old a', 'data/other': 'other' });
    write({ 'data/restore-t/dump.rdb': 'new', 'data/restore-t/appendonlydir/a': 'new a' });
    const names = ['dump.rdb', 'appendonlydir', 'appendonly.aof'];
    await twice(redisSwapScript, [at('data'), at('data/restore-t'), 'before-t', ...names]);
    expect(read('data/dump.rdb') + read('data/appendonlydir/a')).toBe('newnew a');
    expect(read('data/before-t/dump.rdb') + read('data/before-t/appendonlydir/a')).toBe('oldold a');
    expect(read('data/other')).toBe('other');
  });

  test('the change of a folder, and of a volume', async () => {
    write({ 'srv/app/env': 'old', 'srv/.restore-t/app/env': 'new' });
    const beside = at('srv/.restore-t');
    await twice(filesSwapScript, [beside, at('srv'), './app', at('srv/app.before-t')]);
    expect(read('srv/app/env') + read('srv/app.before-t/env')).toBe('newold');

    rmSync(at('count'), { force: true });
    write({ 'volume/one': 'old', 'volume/.restore-t/one': 'new', 'volume/.restore-t/two': 'new' });
    const kept = at('volume/.before-t');
    await twice(filesSwapScript, [at('volume/.restore-t'), at('volume'), '.', kept]);
    expect(read('volume/one') + read('volume/two') + read('volume/.before-t/one')).toBe(
      'newnewold',
    );
    expect(existsSync(at('volume/.before-t/two'))).toBe(false);
  });
});
