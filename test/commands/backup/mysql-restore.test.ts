import { describe, expect, test } from '@jest/globals';
import {
  besides,
  createAs,
  definitionsOnly,
  leftBy,
  swapStatements,
  withoutEvents,
} from '../../../src/commands/backup/mysql-restore';
import { outputOf } from '../../support/run-command';

const dump = `/*M!999999\\- enable the sandbox mode */
-- MariaDB dump
/*!40101 SET NAMES utf8mb4 */;
-- Table structure for table \`t\`
CREATE TABLE \`t\` (i int);
-- Dumping data for table \`t\`
INSERT INTO \`t\` VALUES
(1,'-- Dumping events for database');
/*!50003 SET @saved_cs_client      = @@character_set_client */ ;
DELIMITER ;;
/*!50003 CREATE*/ /*!50003 TRIGGER x */;;
DELIMITER ;
-- Table structure for table \`u\`
CREATE TABLE \`u\` (i int);
-- Temporary table structure for view \`v\`
/*!50001 CREATE VIEW \`v\` AS SELECT 1 */;
-- Dumping events for database 'shop'
/*!50106 CREATE*/ /*!50106 EVENT e */ ;;
-- Dumping routines for database 'shop'
CREATE PROCEDURE p
-- Final view structure for view \`v\`
/*!50001 VIEW \`v\` AS select 1 */;
/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;
-- Dump completed on 2026-11-23
`;
const filtered = (filter: string) => outputOf(['awk', filter], { stdin: dump });

describe('what of a dump is loaded', () => {
  test('all but events goes into the copy', async () => {
    const text = await filtered(withoutEvents(true));
    expect(text).not.toContain('EVENT e');
    const lines = dump.split('\n').filter((line) => !/EVENT e|^-- Dumping events/.test(line));
    expect(text.split('\n')).toEqual(lines.slice(0, -1));
  });

  test('all but tables and rows comes once they have changed places', async () => {
    const text = await filtered(definitionsOnly(true));
    expect(text).not.toMatch(/CREATE TABLE|INSERT|\(1,/);
    expect(text).toMatch(
      /TRIGGER x.*CREATE VIEW.*EVENT e.*PROCEDURE p.*50001 VIEW.*TIME_ZONE=@OLD/s,
    );
    expect(text).toContain('SET NAMES');
  });

  test('the line of the sandbox mode stays for clients that know it, and goes for others', async () => {
    expect(await filtered(withoutEvents(true))).toContain('sandbox');
    expect(await filtered(withoutEvents(false))).not.toContain('sandbox');
    expect(await filtered(definitionsOnly(false))).not.toContain('sandbox');
  });
});

describe('the databases of a restore', () => {
  test('have names that fit, and the settings of the first', () => {
    expect(besides('shop', 'restore', 'r1')).toBe('shop_restore_r1');
    expect(besides('x'.repeat(64), 'before', 'r1')).toHaveLength(64);
    const created = 'CREATE DATABASE `a``b` /*!40100 DEFAULT CHARACTER SET utf8mb4 */';
    expect(createAs(created, 'c`d')).toBe(
      'create database `c``d` /*!40100 DEFAULT CHARACTER SET utf8mb4 */;\n',
    );
  });

  test('that dead restores have left are told from what looks like them', () => {
    const long = 'x'.repeat(64);
    const left = ['shop_restore_12_20261123t155000', besides(long, 'restore', '1_20261123t155000')];
    const others = ['shop', 'shop_restore_12', 'shop_before_12_20261123t155000'];
    const more = ['shop_restore_old_20261123t155000', 'my_shop_restore_12_20261123t155000'];
    expect(leftBy('shop', [...left, ...others, ...more])).toEqual(left.slice(0, 1));
    expect(leftBy(long, left)).toEqual(left.slice(1));
  });

  test('swap their tables in one statement, without triggers and events', () => {
    const none = { movable: [], views: [], triggers: [], events: [], routines: [] };
    const live = { ...none, movable: ['a', 'old'], triggers: ['t'], events: ['e'] };
    const copy = { ...none, movable: ['a'], triggers: ['t'] };
    const text = swapStatements({ live: 'l', copy: 'c', kept: 'k' }, live, copy, 30);
    expect(text.split('\n').slice(1)).toEqual([
      'drop trigger if exists `c`.`t`;',
      'drop event if exists `l`.`e`;',
      'drop trigger if exists `l`.`t`;',
      'rename table `l`.`a` to `k`.`a`, `l`.`old` to `k`.`old`, `c`.`a` to `l`.`a`;',
      'set session lock_wait_timeout = default;',
      '',
    ]);
  });
});
