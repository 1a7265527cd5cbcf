import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { evaluateScript, parseEvaluation } from '../../src/commands/evaluate';
import { packFiles, type PackedFile } from '../../src/platform/tar';
import { shells } from '../support/posix-shells';
import { runCommand } from '../support/run-command';

/** A stand-in for Docker, first on PATH: prints what it was asked and what it finds beside the project, or fails as Compose does. */
const fakeDocker = `#!/bin/sh
[ "$*" = 'compose version --short' ] && { echo 2.26.1; exit 0; }
while [ "$1" != -f ]; do printf '%s|' "$1"; shift; done
printf '%s|' "$2"
cat "$2" || exit 14
grep -q refused "$2" && { echo 'services.web: refused' >&2; exit 15; }
grep -q look "$2" && for name in .env app.env infra/db.yml infra/data/init.sql ../common/x.yml; do cat "$name"; done
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

const root = (): string => at('work', 'host');

async function evaluate(
  shell: readonly string[],
  text = 'services: {}\n',
  directory = at('srv'),
  more: readonly PackedFile[] = [],
) {
  const file = `${root()}${directory}/compose.yml`;
  const command = ['docker', 'compose', '--project-directory', root() + directory, '-f', file];
  const [work, proxy] = [at('work'), at('srv', 'nginx')];
  const version = 'docker compose version --short';
  const given = [work, directory, proxy, 'shop-production.conf', version, ...command];
  const argv = [...shell, '-c', evaluateScript, 'sh', ...given];
  const path = `host${directory}/compose.yml`;
  const stdin = await packFiles([{ path, content: text }, ...more]);
  const run = await runCommand(['env', `PATH=${at('bin')}:${process.env['PATH'] ?? ''}`, ...argv], {
    stdin,
  });
  return { ...run, evaluation: parseEvaluation(run.stdout, root()) };
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
    const { evaluation } = await evaluate(shell);
    expect(evaluation).toMatchObject({
      document: null,
      directoryExists: true,
      obstacle: expect.stringContaining('File exists'),
    });
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
      document: `compose|--project-directory|${at('srv')}|${at('srv')}/compose.yml|größe: 1`,
      said: 'the attribute version is obsolete',
      composeVersion: '2.26.1',
      others: [],
      obstacle: '',
      directoryExists: true,
      include: null,
      managed: false,
      green: false,
      configDirWritable: true,
      configReal: '',
      folderFaults: [],
    });
    expect(await readdir(folder)).toEqual(['bin', 'srv']);
  });

  test('beside the uploaded files everything is the host’s own', async () => {
    const own = { '.env': 'e', 'app.env': 'a', 'infra/db.yml': 'host', 'infra/data/init.sql': 'i' };
    for (const [name, content] of Object.entries(own)) {
      await mkdir(dirname(at('srv', name)), { recursive: true });
      await writeFile(at('srv', name), content);
    }
    await mkdir(at('common'));
    await writeFile(at('common', 'x.yml'), 'x');
    const sent = [{ path: `host${at('srv')}/infra/db.yml`, content: 'sent' }];
    const { evaluation } = await evaluate(shell, 'look\n', at('srv'), sent);
    expect(evaluation.document).toMatch(/look\neasentix$/);
    expect(await readFile(at('srv', 'infra', 'db.yml'), 'utf8')).toBe('host');
    expect(await readdir(folder)).toEqual(['bin', 'common', 'srv']);
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

  test('a proxy folder that is a link, and one that nginx may not enter', async () => {
    await mkdir(at('real', 'shop-production'), { recursive: true });
    await chmod(at('real', 'shop-production'), 0o700);
    await symlink(at('real'), at('srv', 'nginx'));
    const { evaluation } = await evaluate(shell);
    expect(evaluation.configReal).toBe(at('real'));
    const path = at('srv', 'nginx', 'shop-production');
    expect(evaluation.folderFaults).toEqual([{ kind: 'closed', path }]);
  });

  test('a file in the place of the proxy folder', async () => {
    await writeFile(at('srv', 'nginx'), '');
    const { evaluation } = await evaluate(shell);
    expect(evaluation.folderFaults).toEqual([{ kind: 'blocked', path: at('srv', 'nginx') }]);
  });
});
