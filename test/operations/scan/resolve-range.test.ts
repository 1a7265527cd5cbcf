import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { plainGit } from '../../../src/commands/git-history';
import type { WantedRange } from '../../../src/domain/scan/secret-range';
import { copyHistory, type HistoryTools } from '../../../src/operations/scan/copy-history';
import { resolveRange } from '../../../src/operations/scan/resolve-range';
import { linkFolder } from '../../../src/platform/link-folder';
import { localHost } from '../../../src/platform/local-host';
import { commit, git, history, makeRepository } from '../../support/git-repository';

const folder = mkdtempSync(join(tmpdir(), 'shiplock-range-'));
const server = join(folder, 'server');
let made = 0;
const fresh = (): string => join(folder, `made-${(made += 1)}`);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const host = localHost(plainGit, { PATH: process.env['PATH'] });
const tools: HistoryTools = {
  git: host,
  fetcher: () => host,
  read: (path) => readFile(path, 'utf8').catch(() => null),
  write: async (path, text) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  },
  linkFolder,
  filesWith: () => Promise.resolve(new Map<string, string>()),
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
  tell: () => undefined,
  timeoutMs: 60_000,
};

const commits: string[] = [];
let feature = '';
let rewritten = '';
let other = '';
let hidden = '';

beforeAll(() => {
  makeRepository(server);
  commits.push(...history(server, 'a', 300));
  git(server, 'checkout', '--quiet', '-b', 'feature', commits[290] ?? '');
  feature = commit(server, { f: '1' });
  git(server, 'checkout', '--quiet', '-b', 'rewritten', commits[298] ?? '');
  rewritten = commit(server, { f: '2' });
  git(server, 'checkout', '--quiet', '--orphan', 'other');
  other = commit(server, { o: '1' });
  hidden = commit(server, { o: '2' });
  // Nothing points to it any more, as after a forced push.
  git(server, 'reset', '--quiet', '--hard', other);
  git(server, 'checkout', '--quiet', 'main');
});

function clone(...words: string[]): string {
  const checkout = fresh();
  git(folder, 'clone', '--quiet', ...words, `file://${server}`, checkout);
  return checkout;
}

const at = (index: number): string => commits.at(index) ?? '';

async function resolve(
  checkout: string,
  bases: string[],
  head: string,
  orElse: 'everything' | 'refuse' = 'refuse',
) {
  const history = await copyHistory(checkout, fresh(), tools);
  if (history === null) throw new Error('no history');
  const wanted: Extract<WantedRange, { kind: 'commits' }> = {
    kind: 'commits',
    head,
    bases,
    orElse,
    why: 'asked',
  };
  return resolveRange(wanted, history, tools);
}

describe('ends of a range', () => {
  let whole = '';
  beforeAll(() => {
    whole = clone();
  });

  test('commits, branches of the checkout, branches of the server, and HEAD', async () => {
    const expected = { base: at(-3), head: at(-1) };
    expect((await resolve(whole, [at(-3)], 'HEAD')).range).toEqual(expected);
    expect((await resolve(whole, [at(-3)], 'main')).range).toEqual(expected);
    const range = { base: at(-1), head: feature };
    expect((await resolve(whole, ['main'], 'feature')).range).toEqual(range);
    expect((await resolve(whole, ['refs/heads/main'], 'origin/feature')).commits).toEqual([
      feature,
    ]);
  });

  test('a commit that no branch leads to any more is fetched: what a forced push took away', async () => {
    const { range, commits } = await resolve(whole, [hidden], other);
    expect([range, commits]).toEqual([{ base: hidden, head: other }, []]);
  });

  test('where the base is gone from the server too: what the default branch has not, else everything', async () => {
    const gone = 'a'.repeat(40);
    const since = await resolve(whole, [gone, 'refs/heads/main'], rewritten, 'everything');
    expect(since.commits).toEqual([rewritten]);
    expect(since.why).toContain('is gone');
    const all = await resolve(whole, [gone], other, 'everything');
    expect([all.range.base, all.commits]).toEqual([null, [other]]);
    await expect(resolve(whole, [gone], other)).rejects.toMatchObject({
      message: expect.stringContaining(`no commit ${gone}`) as unknown,
      hint: expect.stringContaining('fetch-depth: 0') as unknown,
    });
  });

  test.each(['nothing-of-this-name', '--output=/tmp/x', 'b'.repeat(40), ''])(
    'no commit: %j',
    async (name) => {
      await expect(resolve(whole, [], name)).rejects.toThrow('there is no commit');
    },
  );

  test('a range of histories that have nothing in common', async () => {
    expect((await resolve(whole, [at(-1)], other)).commits).toEqual([other]);
  });

  test('the first commit of all', async () => {
    expect((await resolve(whole, [], at(0))).commits).toEqual([at(0)]);
  });
});

describe('a shallow clone', () => {
  test('is enough where it has the range', async () => {
    const checkout = clone('--depth=5');
    rmSync(join(checkout, '.git', 'config'));
    expect((await resolve(checkout, [at(-4)], 'HEAD')).commits).toHaveLength(3);
  });

  test('of one commit is deepened as far as the range goes, and stays as it was', async () => {
    const checkout = clone('--depth=1');
    const { commits } = await resolve(checkout, [at(-251)], 'HEAD');
    expect(commits).toHaveLength(250);
    expect(git(checkout, 'rev-list', '--all', '--count')).toBe('1');
  });

  test('whose base lies on another line: down to where they part', async () => {
    const checkout = clone('--depth=1', '--single-branch');
    expect((await resolve(checkout, [at(-1)], feature)).commits).toEqual([feature]);
  });

  test('gets all its history where all of it is asked for', async () => {
    expect((await resolve(clone('--depth=1'), [], 'HEAD')).commits).toHaveLength(300);
  });

  test('that cannot be deepened is refused, with the remedy', async () => {
    const checkout = clone('--depth=2');
    git(checkout, 'remote', 'set-url', 'origin', `file://${folder}/nowhere`);
    await expect(resolve(checkout, [], 'HEAD')).rejects.toMatchObject({
      message: expect.stringContaining('cut off') as unknown,
      hint: expect.stringContaining('fetch-depth: 0') as unknown,
    });
    git(checkout, 'remote', 'remove', 'origin');
    await expect(resolve(checkout, [], 'HEAD')).rejects.toThrow('no origin');
  });

  test('that is of a shallow clone itself', async () => {
    const middle = clone('--depth=3');
    const checkout = fresh();
    git(folder, 'clone', '--quiet', '--depth=1', `file://${middle}`, checkout);
    await expect(resolve(checkout, [], 'HEAD')).rejects.toThrow('the server itself has no more');
  });
});

test('a partial clone is refused: what it left out nobody could scan', async () => {
  git(server, 'config', 'uploadpack.allowFilter', 'true');
  await expect(resolve(clone('--filter=blob:none'), [at(-2)], 'HEAD')).rejects.toThrow(
    'leaves files out',
  );
});

test('a folder below the top of a checkout, or of none, has no history of its own', async () => {
  const plain = fresh();
  await mkdir(join(plain, 'below'), { recursive: true });
  expect(await copyHistory(plain, fresh(), tools)).toBeNull();
  makeRepository(plain);
  expect(await copyHistory(join(plain, 'below'), fresh(), tools)).toBeNull();
  rmSync(join(plain, '.git', 'HEAD'));
  await expect(copyHistory(plain, fresh(), tools)).rejects.toThrow('git cannot read the checkout');
});
