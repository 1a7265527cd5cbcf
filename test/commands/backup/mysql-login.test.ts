import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { withLogin } from '../../../src/commands/backup/mysql-login';
import { ownLogin } from '../../../src/domain/backup/mysql-login';
import { runCommand } from '../../support/run-command';

const folder = mkdtempSync(join(tmpdir(), 'shiplock-login-'));
const tool = join(folder, 'tool');
// Says how it was called, what its option file holds, and what is left on stdin.
writeFileSync(
  tool,
  '#!/bin/sh\necho "args $*"\ncase $1 in --defaults-extra-file=*) cat "${1#*=}" ;; esac\necho "rest $(cat)"\n',
);
chmodSync(tool, 0o755);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function called(login: Parameters<typeof withLogin>[0], rest = '') {
  const { argv, header } = withLogin(login, 'mysql', [tool, '--batch']);
  return { argv, ...(await runCommand(argv, { stdin: header + rest })) };
}

describe('a login', () => {
  test('reaches the tool as an option file; the rest of stdin is untouched', async () => {
    const login = { ...ownLogin, user: 'shop', password: 'a"b\\c $HOME `x` \'#\t' };
    const { stdout, argv } = await called(login, 'select 1;\n\nselect 2;\n');
    expect(stdout).toContain('args --defaults-extra-file=/dev/fd/3 --batch\n');
    expect(stdout).toContain('[client]\nuser="shop"\npassword="a\\"b\\\\c $HOME `x` \'#\\t"\n');
    expect(stdout).toContain('rest select 1;\n\nselect 2;\n');
    expect(argv.join(' ')).not.toContain('HOME `x`');
  });

  test('of nobody leaves the tool its own files', async () => {
    const { stdout } = await called(ownLogin, 'select 1;');
    expect(stdout).toBe('args --batch\nrest select 1;\n');
  });

  test('by a file is read where the tool runs', async () => {
    const passwordFile = join(folder, 'secret');
    writeFileSync(passwordFile, 'x"y\\z\n');
    const { stdout } = await called({ ...ownLogin, user: 'root', passwordFile });
    expect(stdout).toContain('password="x\\"y\\\\z"\n');
  });

  test('by a file that is not there runs nothing', async () => {
    const { code, stdout } = await called({ ...ownLogin, passwordFile: join(folder, 'none') });
    expect([code, stdout]).toEqual([91, '']);
  });

  test.each([
    ['mysql', 'verify_ca', 'ssl-mode=VERIFY_CA'],
    ['mysql', 'disabled', 'ssl-mode=DISABLED'],
    ['mariadb', 'required', 'ssl=1\nssl-verify-server-cert=0'],
    ['mariadb', 'verify_identity', 'ssl=1\nssl-verify-server-cert=1'],
    ['mariadb', 'disabled', 'ssl=0'],
  ] as const)('says TLS in the words of %s: %s', (flavour, tls, lines) => {
    expect(withLogin({ ...ownLogin, host: 'db', port: 3307, tls }, flavour, ['x']).header).toBe(
      `host="db"\nprotocol=tcp\nport=3307\n${lines}\n\n`,
    );
  });
});
