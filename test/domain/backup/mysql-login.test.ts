import { describe, expect, test } from '@jest/globals';
import { containerLogin, ownLogin, readMysqlUrl } from '../../../src/domain/backup/mysql-login';

describe('the login in a container', () => {
  const nobody = { user: null, password: null };
  const root = { MYSQL_ROOT_PASSWORD: 'r', MYSQL_USER: 'app', MYSQL_PASSWORD: 'a' };
  test.each([
    ['given', { user: 'x', password: 'p' }, root, { user: 'x', password: 'p' }],
    ['root by default', nobody, root, { user: 'root', password: 'r' }],
    [
      'the named user of the image',
      { user: 'app', password: null },
      root,
      { user: 'app', password: 'a' },
    ],
    ['another user without a password', { user: 'y', password: null }, root, { user: 'y' }],
    [
      'root by a file',
      nobody,
      { MARIADB_ROOT_PASSWORD_FILE: '/run/s' },
      { user: 'root', passwordFile: '/run/s' },
    ],
    [
      'the app where root has a random one',
      nobody,
      { MARIADB_USER: 'app', MARIADB_PASSWORD: 'a' },
      { user: 'app', password: 'a' },
    ],
    ['the socket', nobody, {}, {}],
  ])('%s', (_, given, environment, login) => {
    const variables = new Map(Object.entries(environment as Record<string, string>));
    expect(containerLogin(given, variables)).toEqual({ ...ownLogin, ...login });
  });
});

describe('the URL of a managed database', () => {
  test('is read with everything in it', () => {
    expect(
      readMysqlUrl(
        'mysql://u%40x:p%2F%3A@db.example.com:3307/my%20shop?ssl-mode=VERIFY_CA&ssl-ca=/ca.pem',
      ),
    ).toEqual({
      database: 'my shop',
      login: {
        ...{ user: 'u@x', password: 'p/:', passwordFile: null, host: 'db.example.com', port: 3307 },
        ...{ tls: 'verify_ca', authority: '/ca.pem' },
      },
    });
    expect(readMysqlUrl('mariadb://u@[::1]')).toMatchObject({
      database: null,
      login: { host: '::1', port: 3306 },
    });
  });

  test.each([
    ['secret', 'holds no URL'],
    ['postgres://u:secret@h/d', 'not one of mysql://'],
    ['mysql://u:secret@h/d?ssl-mode=maybe', 'ssl-mode'],
    ['mysql://u:secret%zz@h/d', 'no two digits'],
  ])('%s is refused without being repeated', (url, says) => {
    const problem = readMysqlUrl(url);
    expect(problem).toMatchObject({ path: 'url-env', says: expect.stringContaining(says) });
    expect(JSON.stringify(problem)).not.toContain('secret');
  });
});
