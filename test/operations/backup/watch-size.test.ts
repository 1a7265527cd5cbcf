import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { describeProgress } from '../../../src/domain/backup/progress';
import { tellingProgress } from '../../../src/operations/backup/watch-size';
import { systemClock } from '../../../src/platform/clock';
import { localHost } from '../../../src/platform/local-host';

test.each([
  [
    { bytes: 500_000_000, elapsedMs: 10_000, lastBytes: 2_000_000_000 },
    '500.0 MB, 50.0 MB/s, about 30.0 s left',
  ],
  [{ bytes: 2_500, elapsedMs: 1_000, lastBytes: null }, '2.5 kB, 2.5 kB/s'],
  // Larger than the last one: how much is to come nobody knows.
  [{ bytes: 3_000, elapsedMs: 1_000, lastBytes: 2_000 }, '3.0 kB, 3.0 kB/s'],
  [{ bytes: 0, elapsedMs: 0, lastBytes: 2_000 }, '0 B, 0 B/s'],
])('%j', (progress, text) => {
  expect(describeProgress(progress)).toBe(text);
});

test('what grows is told until the step ends, and a failing look is not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'shiplock-progress-'));
  const local = localHost();
  let looks = 0;
  const host = {
    ...local,
    exec: (argv: readonly string[]) => {
      looks += 1;
      return looks === 1 ? Promise.reject(new Error('no session is free')) : local.exec(argv);
    },
  };
  appendFileSync(join(folder, 'a b.dump'), 'x'.repeat(1_500));
  appendFileSync(join(folder, 'globals.sql'), 'x'.repeat(500));
  const lines: string[] = [];
  let end: () => void = () => undefined;
  const step = new Promise<void>((resolve) => {
    end = resolve;
  });
  const tell = (line: string) => {
    lines.push(line);
    end();
  };
  const request = { host, folder, lastBytes: 2_000, tell, everyMs: 5, clock: systemClock };
  await tellingProgress(request, () => step);
  expect(lines[0]).toMatch(/^2\.0 kB, \d+(\.\d)? [kM]?B\/s$/);
  rmSync(folder, { recursive: true });
});

test('a step that fails fails', async () => {
  const failing = tellingProgress(
    {
      host: localHost(),
      folder: '/nowhere',
      lastBytes: null,
      tell: () => undefined,
      clock: systemClock,
    },
    () => Promise.reject(new Error('pg_dump ended with code 1')),
  );
  await expect(failing).rejects.toThrow('pg_dump ended with code 1');
});
