import { describe, expect, test } from '@jest/globals';
import {
  dumpWords,
  parseDumpContents,
  readDumpWords,
  safeWords,
} from '../../../src/commands/backup/mysql-dump';
import { outputOf } from '../../support/run-command';

const choice = {
  database: '--shop',
  lockTables: false,
  knows: [],
  maskingPolicies: true,
  lockWaitSeconds: 30,
};

const dump = `-- MariaDB dump
CREATE TABLE \`t\` (
  \`c\` int COMMENT 'CREATE TABLE x'
);
INSERT INTO \`t\` VALUES
(1,'-- Dump completed\\nCREATE TABLE y'),
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=\`r\`@\`%\`*/ /*!50003 trigger a before insert on t for each row
begin
/*!50003 CREATE*/ -- not another one
end */;;
DELIMITER ;
/*!50001 CREATE VIEW \`v\` AS SELECT
DELIMITER ;;
/*!50003 SET sql_mode = '' */ ;;
/*!50106 CREATE*/ /*!50117 DEFINER=\`r\`@\`%\`*/ /*!50106 EVENT \`e\` ON SCHEDULE EVERY 1 DAY DO
select 1 */ ;;
DELIMITER ;
DELIMITER ;;
CREATE DEFINER=\`r\`@\`%\` PROCEDURE \`p\`()
begin
CREATE TABLE inside (i int);
end ;;
DELIMITER ;
/*!50001 VIEW \`v\` AS select 1 */;
`;

const contents = async (text: string) =>
  parseDumpContents(await outputOf(readDumpWords, { stdin: text }));

describe('reading a dump', () => {
  test('counts objects, and neither data nor what code makes', async () => {
    expect(await contents(`${dump}-- Dump completed on 2026-11-23\n\n`)).toEqual({
      complete: true,
      objectCounts: { tables: 1, views: 1, triggers: 1, routines: 1, events: 1, sequences: 0 },
    });
  });

  test('wants the last line to be the one of a whole dump', async () => {
    expect((await contents(dump)).complete).toBe(false);
    expect((await contents(`-- Dump completed on 2026-11-23\n${dump}`)).complete).toBe(false);
    expect((await contents('')).complete).toBe(false);
  });
});

describe('the words of a dump', () => {
  test('use what the tool knows, and take the name for a name', () => {
    const plain = dumpWords({ dump: 'mariadb-dump' }, choice);
    expect(plain).toContain('--single-transaction');
    expect(plain.join(' ')).not.toMatch(/gtid|statistics|init-command|masking/);
    expect(plain.slice(-2)).toEqual(['--', '--shop']);
    const knows = ['set-gtid-purged', 'column-statistics', 'init-command', 'masking-policies'];
    const more = dumpWords({ dump: 'mysqldump' }, { ...choice, knows, maskingPolicies: false });
    expect(more).toEqual(
      expect.arrayContaining([
        '--set-gtid-purged=OFF',
        '--column-statistics=0',
        '--init-command=set session lock_wait_timeout=30',
        '--skip-masking-policies',
      ]),
    );
  });

  test('lock the tables when that is asked', () => {
    const words = dumpWords({ dump: 'mariadb-dump' }, { ...choice, lockTables: true });
    expect(words).toEqual(expect.arrayContaining(['--lock-tables', '--skip-single-transaction']));
    expect(words).not.toContain('--single-transaction');
  });
});

describe('what may be shown of an error', () => {
  test.each([
    [
      "ERROR 1062 (23000) at line 9: Duplicate entry 'alice@example.com' for key 'mail'",
      'ERROR 1062 (23000) at line 9: Duplicate entry …',
    ],
    [
      "--------------\nINSERT INTO t VALUES (1,'alice')\n--------------\n\nERROR 1136 (21S01) at line 3: Column count doesn't match",
      'ERROR 1136 (21S01) at line 3: Column count doesn…',
    ],
    [
      "mysqldump: [Warning] Using a password\nmysqldump: Got error: 1045: Access denied for user 'a'@'b'",
      'mysqldump: Got error: 1045: Access denied for user …',
    ],
    [
      "ERROR 1273 (HY000) at line 2: Unknown collation: 'utf8mb4_uca1400_ai_ci'",
      "ERROR 1273 (HY000) at line 2: Unknown collation: 'utf8mb4_uca1400_ai_ci'",
    ],
    ['', ''],
  ])('%j', (stderr, shown) => {
    expect(safeWords(stderr)).toBe(shown);
  });
});
