import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chooseLevel } from '../../../src/domain/backup/verdicts';
import type { Database } from '../../../src/operations/backup/database';
import { commandEngine } from '../../../src/operations/backup/engines/command';
import { recordingHost } from '../../support/recording-host';
import { DatabaseStand, takenIn } from '../../support/backup/database-stand';

const stand = new DatabaseStand();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shiplock-command-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const database = (command: string | null, verifyCommand: string | null = 'true') =>
  stand.database(null, { engine: 'command', command, verifyCommand, verify: 'restore' });

async function take(of: Database) {
  const seen = await commandEngine.inspect(of);
  expect(seen.problems).toEqual([]);
  return commandEngine.dump(of, seen, folder);
}

afterAll(() => stand.end());

describe('a dump by a command of the team', () => {
  test('is what it prints, and good when the check says so', async () => {
    const of = await database(
      'printf "a\\nb\\n" | tr a-z A-Z',
      'test "$(sort -r)" = "$(printf "B\\nA")" && cmp "$1" "$1"',
    );
    const dump = await take(of);
    expect(readFileSync(join(folder, 'dump'), 'utf8')).toBe('A\nB\n');
    const stages = [...dump.stages, ...(await commandEngine.readBack(of, takenIn(folder, dump)))];
    expect(stages).toEqual([
      { name: 'command', exit: 0, signal: null },
      { name: 'verify-command', exit: 0, signal: null },
    ]);
    expect(dump.record.consistency).toBe('best-effort');
  });

  test.each([
    ['a command that fails', 'echo half; exit 3', 'command ended with code 3'],
    [
      'the left side of a pipe that fails',
      '{ echo half; exit 4; } | cat',
      'command ended with code 4',
    ],
    ['a command that prints nothing', 'true', 'printed nothing'],
    ['a command that is not there', 'no-such-tool', 'code 127'],
  ])('%s is no backup', async (_, command, says) => {
    await expect(take(await database(command))).rejects.toThrow(says);
  });

  test('a check that fails fails the backup', async () => {
    const of = await database('echo x', 'grep -q y | cat');
    const dump = await take(of);
    const read = commandEngine.readBack(of, takenIn(folder, dump));
    await expect(read).rejects.toThrow('verify-command ended with code 1');
  });

  test('without a check, or with a pipe where no shell can watch over it, it is refused', async () => {
    const { problems } = await commandEngine.inspect(await database('echo x', null));
    expect(problems.map(({ path }) => path)).toEqual(['verify-command']);
    // A stand-in for a container that has neither bash nor a shell with pipefail.
    const host = recordingHost({ code: 1 });
    const piped = await commandEngine.inspect({ ...(await database('dump | gzip')), host });
    expect(piped.problems).toMatchObject([
      { path: 'command', says: expect.stringContaining('pipe') },
    ]);
    expect((await commandEngine.inspect({ ...(await database('dump')), host })).problems).toEqual(
      [],
    );
  });

  test('claims no restore', async () => {
    const of = await database('echo x');
    expect(chooseLevel(of.settings, 5)).toBe('read');
    expect((await commandEngine.inspect(of)).warnings.join()).toContain('no scratch restore');
  });
});
