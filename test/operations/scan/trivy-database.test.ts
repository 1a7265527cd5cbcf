import { beforeEach, describe, expect, test } from '@jest/globals';
import { haveTrivyDatabase, type DatabaseTools } from '../../../src/operations/scan/trivy-database';

const program = { path: '/bin/trivy', version: '0.75.0', origin: 'PATH' };
const digest = `sha256:${'d'.repeat(64)}`;
const [monday, tuesday] = ['2026-11-23T06:00:00.000Z', '2026-11-24T06:00:00.000Z'];
const prefix = 'shiplock-trivy-db-2-';

interface Sketch {
  /** Day of the database in the folder; null = there is none. */
  readonly there?: string | null;
  readonly cached?: string | null;
  /** What a download brings; null = it fails. */
  readonly download?: string | null;
  readonly tracked?: boolean;
}

let calls: string[] = [];
beforeEach(() => {
  calls = [];
});

/** A machine on which the folder, GitHub's cache and Trivy's download are what is told. */
function machine({
  there = null,
  cached = null,
  download = null,
  tracked = false,
}: Sketch): DatabaseTools {
  let day = there;
  return {
    cacheFolder: '/cache',
    cache: {
      restore: (folder, [key]) => {
        calls.push(`restore ${folder} ${key}`);
        if (cached !== null) day = cached;
        return Promise.resolve(cached === null ? null : `${prefix}${cached}`);
      },
      save: (folder, key) => {
        calls.push(`save ${folder} ${key}`);
        return Promise.resolve(true);
      },
    },
    readText: (path) => {
      const text = day === null ? null : JSON.stringify({ Version: 2, UpdatedAt: day });
      return Promise.resolve(path.endsWith('metadata.json') ? text : null);
    },
    digestOfFile: () => Promise.resolve(day === null ? null : digest),
    isTracked: () => Promise.resolve(tracked),
    tell: () => undefined,
    makeFolder: () => Promise.resolve('/job'),
    write: () => Promise.resolve(),
    remove: () => Promise.resolve(),
    lastLines: () => Promise.resolve(['no such host']),
    runProgram: ({ argv }) => {
      calls.push(argv.includes('--download-db-only') ? 'download' : argv.join(' '));
      if (download !== null) day = download;
      return Promise.resolve({ kind: 'exited', code: download === null ? 1 : 0 });
    },
    variables: {},
    show: (title) => calls.push(title),
  };
}

const have = (sketch: Sketch, offline = false) =>
  haveTrivyDatabase(program, { cacheDir: '/cache', offline }, machine(sketch));

test('the newest of the cache is brought up to date, and what is new is kept', async () => {
  const got = await have({ cached: monday, download: tuesday });
  expect(got).toEqual({ updatedAt: new Date(tuesday), digest });
  expect(calls).toEqual([
    `restore /cache/db ${prefix}`,
    'download',
    `save /cache/db ${prefix}${tuesday}`,
  ]);
});

test('what the cache has already is not kept again', async () => {
  await have({ cached: monday, download: monday });
  expect(calls).toEqual([`restore /cache/db ${prefix}`, 'download']);
});

test('one that lies there is not fetched from the cache', async () => {
  await have({ there: monday, cached: tuesday, download: monday });
  expect(calls[0]).toBe('download');
});

test('an older one is taken where no newer one can be had, and that is told', async () => {
  expect(await have({ cached: monday })).toEqual({ updatedAt: new Date(monday), digest });
  expect(calls).toContain('trivy: its database could not be brought up to date');
});

test('offline nothing is downloaded, and nothing kept', async () => {
  await have({ there: monday }, true);
  expect(calls).toEqual([]);
});

describe('no database is an error, with what to do', () => {
  test.each<[string, Sketch, boolean, string]>([
    ['none anywhere', {}, false, 'none could be had'],
    ['none, and offline', {}, true, 'none could be had'],
    [
      'one that the scanned code brought',
      { there: monday, tracked: true },
      false,
      'part of the checkout',
    ],
  ])('%s', async (_what, sketch, offline, says) => {
    await expect(have(sketch, offline)).rejects.toThrow(says);
  });
});
