import Sequencer from '@jest/test-sequencer';

// Files that take minutes though they are short. A fresh clone knows no times, and jest then starts with the largest files: without this
// list these would come last, and the run would wait for one of them alone. The longest first.
const long = [
  'test/e2e/deploy/killed-runner.test.ts',
  'test/e2e/backup/restore.test.ts',
  'test/e2e/backup/postgres.test.ts',
  'test/e2e/backup/mysql/mysql.test.ts',
  'test/e2e/backup/mysql/mariadb.test.ts',
  'test/e2e/workflows/release.test.ts',
  'test/e2e/backup/recovery.test.ts',
  'test/e2e/backup/gate.test.ts',
];

const rank = ({ path }) => {
  const at = long.findIndex((file) => path.endsWith(`/${file}`));
  return at < 0 ? long.length : at;
};

/** As jest orders test files, but with the long ones first. */
export default class LongFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
