import { describe, expect, test } from '@jest/globals';
import { rightsOn } from '../../../src/domain/backup/mysql-grants';
import { missingRights, type MysqlFacts } from '../../../src/domain/backup/mysql-preflight';

const usage = "GRANT USAGE ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*ABC'";
const dumper = 'SELECT, SHOW VIEW, TRIGGER, EVENT';

function judge(lines: readonly string[], change: Partial<MysqlFacts> = {}) {
  return missingRights({
    database: 'my_shop',
    identity: 'u@%',
    rights: rightsOn('my_shop', [usage, ...lines]),
    lockTables: false,
    server: { flavour: 'mariadb', version: '11.8.9' },
    hiddenRoutines: [],
    ...change,
  }).map(({ fix }) => /GRANT .*/.exec(fix)?.[0]);
}

const all = `GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, EXECUTE ON \`my_shop\`.* TO \`u\`@\`%\``;

describe('rights for a dump', () => {
  test.each([
    ['on the server', ['GRANT ALL PRIVILEGES ON *.* TO `u`@`%` WITH GRANT OPTION']],
    ['on the database', [all]],
    ['by an escaped pattern', [all.replace('my_shop', 'my\\_shop')]],
    ['by a pattern', [all.replace('my_shop', 'my%')]],
    ['from both', [`GRANT ${dumper} ON \`my_shop\`.* TO u`, 'GRANT SELECT ON `mysql`.`proc` TO u']],
  ])('%s are enough', (_, lines) => {
    expect(judge(lines)).toEqual([]);
  });

  test.each([
    [
      'only what a careful guide says',
      ['GRANT SELECT, SHOW VIEW, EXECUTE ON `my_shop`.* TO u'],
      ["GRANT TRIGGER, EVENT ON `my_shop`.* TO 'u'@'%';"],
    ],
    [
      'nothing that shows routines',
      [`GRANT ${dumper} ON \`my_shop\`.* TO u`],
      ["GRANT SHOW CREATE ROUTINE ON `my_shop`.* TO 'u'@'%';"],
    ],
    [
      'another database, as a sign of it is no wildcard',
      [
        all.replace('my_shop', 'myxshop').replace('EXECUTE', 'EXECUTE'),
        all.replace('my_shop', 'my\\_shops'),
      ],
      [
        "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON `my_shop`.* TO 'u'@'%';",
        "GRANT SHOW CREATE ROUTINE ON `my_shop`.* TO 'u'@'%';",
      ],
    ],
    [
      'one table and some columns',
      [
        'GRANT SELECT ON `my_shop`.`orders` TO u',
        'GRANT SELECT (`a`, `b`), SHOW VIEW, TRIGGER, EVENT, EXECUTE ON `my_shop`.* TO u',
      ],
      ["GRANT SELECT ON `my_shop`.* TO 'u'@'%';"],
    ],
    [
      'a right that was taken back for this database',
      ['GRANT ALL PRIVILEGES ON *.* TO u', 'REVOKE SELECT ON `my_shop`.* FROM u'],
      ["GRANT SELECT ON `my_shop`.* TO 'u'@'%';"],
    ],
  ])('%s', (_, lines, fixes) => {
    expect(judge(lines)).toEqual(fixes);
  });

  test.each([
    ['mysql', '9.7.4', "GRANT SHOW_ROUTINE ON *.* TO 'u'@'%';"],
    ['mysql', '5.7.44', "GRANT SELECT ON `mysql`.`proc` TO 'u'@'%';"],
    ['mariadb', '10.11.6', "GRANT SELECT ON `mysql`.`proc` TO 'u'@'%';"],
    ['mariadb', '11.4.2', "GRANT SHOW CREATE ROUTINE ON `my_shop`.* TO 'u'@'%';"],
  ] as const)('%s %s names the right to read routines', (flavour, version, fix) => {
    expect(judge([all], { hiddenRoutines: ['f'], server: { flavour, version } })).toEqual([fix]);
  });

  test('locking needs one more', () => {
    expect(judge([all], { lockTables: true })).toEqual([
      "GRANT LOCK TABLES ON `my_shop`.* TO 'u'@'%';",
    ]);
  });
});
