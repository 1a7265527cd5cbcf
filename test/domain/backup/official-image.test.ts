import { expect, test } from '@jest/globals';
import { officialImage } from '../../../src/domain/backup/official-image';

test.each([
  ['postgres', '17.4 (Debian 17.4-1.pgdg120+2)', 'postgres:17'],
  ['postgres', '18beta1', 'postgres:18'],
  ['postgres', '9.6.24', 'postgres:9.6'],
  ['mariadb', '11.8.3-MariaDB-0+deb13u1', 'mariadb:11.8'],
  ['mariadb', '5.5.5-10.11.6-MariaDB-log', 'mariadb:10.11'],
  ['mysql', '9.7.0', 'mysql:9.7'],
  ['mysql', '8.0.36-28', 'mysql:8.0'],
  ['redis', '8.0.2', 'redis:8.0'],
  ['redis', '7.4.1', 'redis:7.4'],
  ['valkey', '8.1.3', 'valkey/valkey:8.1'],
  ['postgres', '', null],
  ['redis', 'unstable', null],
  ['mysql', '9', null],
] as const)('%s %s: %s', (kind, version, image) => {
  expect(officialImage(kind, version)).toBe(image);
});
