import { describe, expect, test } from '@jest/globals';
import { parseRows, textLiteral } from '../../../src/commands/backup/mysql-queries';
import {
  flavourOf,
  isOlder,
  parseTools,
  serverVersionOf,
} from '../../../src/commands/backup/mysql-tools';

describe('tools of MySQL and MariaDB', () => {
  test.each([
    ['mysqldump  Ver 8.0.40 for Linux on x86_64 (MySQL Community Server - GPL)', 'mysql', '8.0.40'],
    ['mysqldump  Ver 10.13 Distrib 5.7.44, for Linux (x86_64)', 'mysql', '5.7.44'],
    ['mysqldump  Ver 10.19 Distrib 10.11.6-MariaDB, for debian-linux-gnu', 'mariadb', '10.11.6'],
    ['mariadb-dump from 11.8.9-MariaDB, client 10.20 for debian-linux-gnu', 'mariadb', '11.8.9'],
    ['something else', 'mysql', ''],
  ])('%s', (said, flavour, version) => {
    const tools = parseTools(`client mysql\ndump mysqldump\nversion ${said}\nknows init-command\n`);
    expect(tools).toMatchObject({ flavour, version, client: 'mysql', knows: ['init-command'] });
  });

  test.each([
    ['11.8.9-MariaDB-0+deb13u1 from Debian', 'mariadb', '11.8.9'],
    ['5.5.5-10.11.6-MariaDB-log', 'mariadb', '10.11.6'],
    ['8.0.40', 'mysql', '8.0.40'],
  ])('server %s', (said, flavour, version) => {
    expect([flavourOf(said), serverVersionOf(said)]).toEqual([flavour, version]);
  });

  test.each([
    ['8.0.40', '8.4.3', true],
    ['5.7.44', '8.0.1', true],
    ['8.0.1', '8.0.40', false],
    ['11.8.1', '10.11.6', false],
    ['10.11.6', '11.4.1', true],
  ])('%s is older than %s: %s', (tool, server, older) => {
    expect(isOlder(tool, server)).toBe(older);
  });

  test('rows come back as they were', () => {
    expect(parseRows('a\\tb\tNULL\tc\\\\n\\n\n')).toEqual([['a\tb', null, 'c\\n\n']]);
    expect(textLiteral("é'")).toBe("_utf8mb4 x'c3a927'");
  });
});
