import { describe, expect, test } from '@jest/globals';
import type { Check, Own } from '../../../src/domain/merge/judge-checks';
import { namePatterns } from '../../../src/domain/merge/names';
import { checkState } from '../../../src/domain/merge/states';
import { GithubFailure } from '../../../src/errors';
import { waitForChecks, type Patience } from '../../../src/transactions/merge/wait-for-checks';
import { scriptedClock } from '../../support/scripted/clock';

/** `build` = it runs, `build!` = it succeeded, `build?` = it failed. */
function checkOf(text: string): Check {
  const name = text.replace(/[!?]$/, '');
  const ended = text.endsWith('!') ? 'success' : 'failure';
  const state = /[!?]$/.test(text)
    ? checkState('completed', ended)
    : checkState('in_progress', null);
  const id = Buffer.from(name).reduce((sum, byte) => sum * 31 + byte, 7);
  return { kind: 'check', id, name, app: 'x', workflow: null, state, url: null };
}

const own: Own = { check: 1, run: 1, status: null, handed: () => false };
type Look = string | GithubFailure;

/** Waits while GitHub shows one look after the other, from the second on that its key says. */
async function wait(
  looks: Readonly<Record<number, Look>>,
  required = '',
  patience: Partial<Patience> = {},
) {
  const clock = scriptedClock(0);
  const start = clock.monotonic();
  const asked: number[] = [];
  const told: string[] = [];
  const checks = async (): Promise<readonly Check[]> => {
    const second = (clock.monotonic() - start) / 1000;
    asked.push(Math.round(second * 10) / 10);
    const shown =
      Object.entries(looks)
        .filter(([from]) => Number(from) <= second)
        .at(-1)?.[1] ?? '';
    if (typeof shown !== 'string') throw shown;
    return Promise.resolve(shown.split(' ').filter(Boolean).map(checkOf));
  };
  const rules = {
    required: namePatterns(required.split(' ').filter(Boolean)).patterns,
    ignored: [],
    allowedSkips: [],
    allowedFailures: [],
  };
  const given = {
    timeoutMs: 600_000,
    intervalMs: 10_000,
    settleMs: 30_000,
    failFast: true,
    ...patience,
  };
  const tools = {
    checks,
    own: () => Promise.resolve(own),
    clock,
    signal: new AbortController().signal,
    tell: (text: string) => void told.push(text),
  };
  const { findings, timedOut } = await clock.drive(waitForChecks(rules, given, tools));
  const verdicts = findings.map(({ name, verdict }) => `${name} ${verdict}`).join(', ');
  return { verdicts, timedOut, seconds: (clock.monotonic() - start) / 1000, asked, told };
}

describe('the verdict comes', () => {
  test('when nothing has changed for as long as it takes to settle', async () => {
    const { verdicts, seconds, told } = await wait({ 0: 'a!' });
    expect(verdicts).toBe('a pass');
    expect(seconds).toBe(30);
    expect(told).toEqual(['settling']);
  });

  test('not before what is required was seen', async () => {
    const { verdicts, seconds, told } = await wait({ 0: 'a!', 100: 'a! b', 200: 'a! b!' }, 'b');
    expect(verdicts).toBe('a pass, b pass');
    expect(seconds).toBeGreaterThanOrEqual(230);
    expect(told).toEqual(['waiting for b', 'settling']);
  });

  test('not before what a check has started by its end has ended too', async () => {
    const { verdicts, seconds } = await wait({ 0: 'a', 50: 'a!', 75: 'a! after', 90: 'a! after!' });
    expect(verdicts).toBe('a pass, after pass');
    expect(seconds).toBeGreaterThanOrEqual(120);
  });

  test('at the first failure, or at the end of all when that is so wanted', async () => {
    const looks = { 0: 'a b', 20: 'a b?', 100: 'a! b?' };
    expect(await wait(looks)).toMatchObject({ verdicts: 'a wait, b fail', timedOut: false });
    const patient = await wait(looks, '', { failFast: false });
    expect(patient.verdicts).toBe('a pass, b fail');
  });

  test('when the time is over, with what is missing', async () => {
    const { verdicts, timedOut, seconds } = await wait({ 0: 'a' }, 'never');
    expect(verdicts).toBe('a wait, never missing');
    expect([timedOut, seconds]).toEqual([true, 600]);
  });

  test('over nothing at all, when there is nothing', async () => {
    expect(await wait({})).toMatchObject({ verdicts: '', timedOut: false, seconds: 30 });
  });
});

describe('GitHub is asked', () => {
  test('ever more rarely, at most once a minute in the end', async () => {
    const { asked } = await wait({ 0: 'a', 590: 'a!' });
    const pauses = asked.slice(1).map((second, index) => second - (asked[index] ?? 0));
    expect(pauses.slice(0, 3)).toEqual([10, 12.5, expect.closeTo(15.6, 0)]);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(60.1);
    expect(asked.length).toBeLessThan(20);
  });

  test('with a line that can be read, however many it waits for', async () => {
    const many = Array.from({ length: 40 }, (_, index) => `c${index}`).join(' ');
    const { told } = await wait({ 0: many, 20: 'c0!' });
    expect(told[0]).toMatch(/^waiting for c0, .*, c9 and 30 more$/);
  });

  const limited = (ms: number) => new GithubFailure('limited', 403, ms);

  test('again when a limit is over, if that is in time', async () => {
    const { verdicts, asked, told } = await wait({ 0: limited(120_000), 100: 'a!' });
    expect(verdicts).toBe('a pass');
    expect(asked.slice(0, 2)).toEqual([0, 120]);
    expect(told[0]).toBe('limited; asking again in 120 s');
  });

  test('no more when that is not in time, or waiting does not help', async () => {
    await expect(wait({ 0: limited(700_000) })).rejects.toThrow('limited');
    const denied = new GithubFailure('denied', 403, null);
    await expect(wait({ 0: 'a', 30: denied })).rejects.toThrow('denied');
  });

  test('until the time is over, when it stays broken', async () => {
    const broken = new GithubFailure('broken', 502, 0);
    await expect(wait({ 0: 'a', 30: broken })).rejects.toThrow('broken');
  });
});

test('a gate that cannot be told from the others does not wait for itself', async () => {
  const workflow = { name: 'CI', path: 'ci.yml', event: 'push', run: 1 };
  const gate = { ...checkOf('gate'), workflow };
  const clock = scriptedClock(0);
  const patience = { timeoutMs: 1000, intervalMs: 1000, settleMs: 0, failFast: true };
  const rules = { required: [], ignored: [], allowedSkips: [], allowedFailures: [] };
  const tools = { clock, signal: new AbortController().signal, tell: () => undefined };
  const waiting = waitForChecks(rules, patience, {
    ...tools,
    checks: () => Promise.resolve([gate]),
    own: () => Promise.resolve({ ...own, check: null }),
  });
  await expect(clock.drive(waiting)).rejects.toThrow(
    'it cannot be told which of the checks is this job',
  );
});
