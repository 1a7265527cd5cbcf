import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mountersOf, mountingScript, parseMounting } from '../../../src/commands/backup/mounting';
import { script } from '../../../src/commands/shell';
import { runCommand } from '../../support/run-command';

const folder = mkdtempSync(join(tmpdir(), 'shiplock-mounting-'));
const docker = join(folder, 'docker');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A docker command whose containers are `web` and `gone`; the second cannot be looked at. */
const command = (left: string): void => {
  const web = JSON.stringify({ id: 'web', name: '/web', mounts: [{ Source: '/srv/data' }] });
  const text = `case "$*" in
  *filter*) ${left} ;;
  ps*) echo web; echo gone ;;
  *gone) echo 'No such object: gone' >&2; exit 1 ;;
  *) echo '${web}' ;;
esac`;
  writeFileSync(docker, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
};
const look = (program = docker) => runCommand(script(mountingScript, [program]));

describe('containers that see a path', () => {
  beforeEach(() => {
    command(':');
  });

  test('are found though another one ends while they are looked for', async () => {
    const { code, stdout } = await look();
    expect(code).toBe(0);
    expect(mountersOf(parseMounting(stdout), ['/srv/data/app.db'])).toMatchObject([{ id: 'web' }]);
    expect(mountersOf(parseMounting(stdout), ['/srv/other'])).toEqual([]);
  });

  test.each([
    ['runs and cannot be looked at', 'echo gone'],
    ['is not told', 'exit 1'],
  ])('are not known when one %s', async (_what, left) => {
    command(left);
    expect((await look()).code).toBe(1);
  });

  test('are none where there is no docker command', async () => {
    expect(await look(join(folder, 'nothing'))).toMatchObject({ code: 127, stdout: '' });
  });
});
