import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { evaluateScript, parseEvaluation } from '../../src/commands/evaluate';
import { packFiles } from '../../src/platform/tar';
import { shells } from '../support/posix-shells';
import { runCommand } from '../support/run-command';

/** A stand-in for Docker, first on PATH: prints what it was asked and the file it was given, or fails as Compose does. */
const fakeDocker = `#!/bin/sh
for last; do :; done
printf '%s|' "$@"
cat "$last" || exit 14
grep -q refused "$last" && { echo 'services.web: refused' >&2; exit 15; }
echo 'the attribute version is obsolete' >&2
`;

let folder = '';
const at = (...path: string[]): string => join(folder, ...path);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), `shiplock evaluate 'quoted' `));
  await mkdir(at('bin'));
  await writeFile(at('bin', 'docker'), fakeDocker);
  await chmod(at('bin', 'docker'), 0o755);
  await mkdir(at('srv'));
});

afterEach(() => rm(folder, { recursive: true }));

async function evaluate(shell: readonly string[], text = 'services: {}\n', directory = at('srv')) {
  const work = at('work');
  const command = ['docker', 'compose', '-f', `${work}/deploy/compose.yml`];
  const argv = [
    ...shell,
    '-c',
    evaluateScript,
    'sh',
    work,
    directory,
    at('srv', 'nginx'),
    'shop-production.conf',
    ...command,
  ];
  const stdin = await packFiles([{ path: 'deploy/compose.yml', content: text }]);
  const run = await runCommand(['env', `PATH=${at('bin')}:${process.env['PATH'] ?? ''}`, ...argv], {
    stdin,
  });
  return { ...run, evaluation: parseEvaluation(run.stdout) };
}

describe.each(shells)('%s', (_, shell) => {
  test('files that Compose refuses are told with its words, and nothing is left behind', async () => {
    const { code, evaluation } = await evaluate(shell, 'refused\n');
    expect(code).toBe(0);
    expect(evaluation).toMatchObject({
      document: null,
      said: 'services.web: refused',
      directoryExists: true,
    });
    expect(await readdir(folder)).toEqual(['bin', 'srv']);
  });

  test('a folder that somebody else has made is not written to', async () => {
    await mkdir(at('work'));
    const { code, stdout } = await evaluate(shell);
    expect([code, stdout]).toEqual([1, '']);
    expect(await readdir(at('work'))).toEqual([]);
  });

  test('without the project folder Compose is not asked', async () => {
    const { code, evaluation } = await evaluate(shell, 'services: {}', at('elsewhere'));
    expect(code).toBe(0);
    expect(evaluation).toMatchObject({ document: null, said: '', directoryExists: false });
  });

  test('the document and the warnings come apart', async () => {
    const { evaluation } = await evaluate(shell, 'größe: 1\n');
    expect(evaluation).toEqual({
      document: `compose|-f|${at('work')}/deploy/compose.yml|größe: 1\n`,
      said: 'the attribute version is obsolete',
      directoryExists: true,
      include: null,
      managed: false,
      green: false,
      configDirWritable: true,
    });
    expect(await readdir(folder)).toEqual(['bin', 'srv']);
  });

  test.each([
    [[], false, false],
    [['managed'], true, false],
    [['managed', 'green'], true, true],
    [['green'], false, true],
  ])('the proxy folder with %j', async (names, managed, green) => {
    await mkdir(at('srv', 'nginx', 'shop-production'), { recursive: true });
    await writeFile(at('srv', 'nginx', 'shop-production.conf'), 'include\n');
    for (const name of names) await writeFile(at('srv', 'nginx', 'shop-production', name), '');
    const { evaluation } = await evaluate(shell);
    expect(evaluation).toMatchObject({ include: 'include\n', managed, green });
    expect(await readFile(at('srv', 'nginx', 'shop-production.conf'), 'utf8')).toBe('include\n');
  });
});
