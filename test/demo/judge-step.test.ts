import { describe, expect, test } from '@jest/globals';
import { judgeStep, seenVersions, streamsAcrossSwitch, type Played } from '../../demo/judge-step';
import { goodRelease, load, stream } from './stretch';

const expected = { verdict: 'deployed', exitCode: 0, versions: ['v1', 'v2'], serves: 'v2' };

const judged = (changes: Partial<Played>, traffic: Partial<Played['traffic']> = {}): string[] => {
  const good = goodRelease();
  return judgeStep(expected, { ...good, ...changes, traffic: { ...good.traffic, ...traffic } });
};

describe('a step of the demo does not hold', () => {
  test.each<[string, string[], string]>([
    ['with another verdict', judged({ verdict: 'failed' }), 'the verdict is failed, not deployed'],
    ['without a verdict', judged({ verdict: '' }), 'the verdict is missing, not deployed'],
    ['with another exit code', judged({ exitCode: 1 }), 'the exit code is 1, not 0'],
    [
      'with a failed request on new connections',
      judged(
        {},
        {
          fresh: load(
            { v1: [0, 5_000], v2: [5_001, 10_000] },
            {
              failed: 2,
              examples: [
                { atMs: 5_000, kind: 'reset', detail: 'socket hang up', reusedConnection: false },
              ],
            },
          ),
        },
      ),
      '2 of 2000 requests on new connections failed, the first: reset socket hang up',
    ],
    [
      'with a failed request on kept connections',
      judged({}, { kept: load({ v1: [0, 5_000], v2: [5_001, 10_000] }, { failed: 1 }) }),
      '1 of 2000 requests on kept connections failed',
    ],
    [
      'when the load was not what it should have been',
      judged({}, { kept: load({ v1: [0, 5_000], v2: [5_001, 10_000] }, { sent: 1500 }) }),
      'only 1500 requests on kept connections in 10.0 s',
    ],
    [
      'when nothing was asked at all',
      judged({}, { fresh: load({}, { sent: 0, seconds: 0 }) }),
      'only 0 requests on new connections in 0.0 s',
    ],
    [
      'when a version was seen that nobody should see',
      judged({}, { kept: load({ v1: [0, 5_000], v2: [5_001, 10_000], v3: [6_000, 6_000] }) }),
      'visitors saw v1, v2, v3, not v1, v2',
    ],
    [
      'when the other version answered to the end',
      judged({}, { kept: load({ v1: [0, 9_800], v2: [5_001, 10_000] }) }),
      'v1 answered to the end, not only v2',
    ],
    [
      'when a stream broke',
      judged(
        {},
        {
          streams: [
            stream(1_000, 9_000),
            { ...stream(2_000, 6_000), completed: false, error: 'aborted' },
          ],
        },
      ),
      'a stream broke: aborted',
    ],
    [
      'when no stream was open at the switch',
      judged({}, { streams: [stream(0, 4_000), stream(6_000, 9_000)] }),
      'no stream was open at the switch',
    ],
  ])('%s', (_, problems, problem) => {
    expect(problems).toEqual([problem]);
  });
});

test('a step does not hold when its version was never seen', () => {
  const problems = judged({}, { fresh: load({ v1: [0, 9_999] }), kept: load({ v1: [0, 9_999] }) });
  expect(problems).toEqual([
    'visitors saw v1, not v1, v2',
    'v1 answered to the end, not only v2',
    'no stream was open at the switch',
  ]);
});

test('a release as it should be has no problems', () => {
  expect(judged({})).toEqual([]);
});

test('a step that moves no traffic needs no stream over a switch', () => {
  const traffic = { fresh: load({ v2: [0, 9_999] }), kept: load({ v2: [0, 9_999] }), streams: [] };
  const stays = { verdict: 'failed', exitCode: 1, versions: ['v2'], serves: 'v2' };
  expect(judgeStep(stays, { verdict: 'failed', exitCode: 1, durationMs: 1, traffic })).toEqual([]);
});

test('versions of both kinds of connections stand in the order of their first answer', () => {
  const later = load({ v2: [0, 9_000] }, { startedAt: 1_003_000 });
  const seen = seenVersions({ fresh: later, kept: load({ v1: [0, 5_000], v2: [6_000, 9_000] }) });
  expect(seen).toEqual([
    { version: 'v1', firstAt: 1_000_000, lastAt: 1_005_000 },
    { version: 'v2', firstAt: 1_003_000, lastAt: 1_012_000 },
  ]);
});

test('a stream is over the switch when it was open at the first answer of the new version', () => {
  const { traffic } = goodRelease();
  const streams = [stream(0, 5_000), stream(5_000, 5_002), stream(5_002, 9_000)];
  expect(streamsAcrossSwitch({ ...traffic, streams })).toEqual([streams[1]]);
});
