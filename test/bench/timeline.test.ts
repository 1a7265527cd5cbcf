import { expect, test } from '@jest/globals';
import type { JournalRecord } from '../../src/domain/records/journal';
import {
  beyondMs,
  openToProofMs,
  phasesOf,
  verdictToProofMs,
  type TimedRun,
} from '../../bench/deploy/timeline';

const start = Date.parse('2026-01-01T00:00:00.000Z');
const at = (ms: number): string => new Date(start + ms).toISOString();

const record = (
  step: JournalRecord['step'],
  phase: JournalRecord['phase'],
  ms: number,
): JournalRecord => ({ seq: 1, epoch: 1, step, phase, time: at(ms) });

const run = (records: readonly JournalRecord[], endMs = 10_000): TimedRun => ({
  startedAt: start,
  endedAt: start + endMs,
  lines: [
    ['✓ lease     1-v1 goes into blue', 800],
    ['▸ pull      fetching the images', 810],
    ['✓ pull      1 image', 1_000],
    ['▸ start     starting the new slot', 1_300],
    ['✓ start     blue: 1 container', 1_500],
  ].map(([line, ms]) => ({ line: String(line), at: start + Number(ms) })),
  report: {
    startedAt: at(200),
    hosts: [
      {
        host: 'deploy@127.0.0.1:22',
        verdict: 'deployed',
        state: 'GREEN',
        slot: 'blue',
        release: '1-v1',
        previous: null,
        digests: {},
        durationMs: 1,
        records: [...records],
        outcome: null,
        warnings: [],
      },
    ],
  },
});

const released = [
  record('gate', 'intent', 1_510),
  record('gate', 'done', 3_510),
  record('switch', 'intent', 3_520),
  record('switch', 'done', 3_560),
  record('check', 'done', 3_660),
  record('bake', 'done', 8_660),
  record('drain', 'done', 8_960),
  record('stop', 'done', 9_460),
  record('end', 'done', 9_500),
];

test('the phases are cut where one ends, and add up to the wall time', () => {
  const phases = phasesOf(run(released));
  expect(phases).toEqual({
    look: 800,
    pull: 200,
    make: 300,
    start: 200,
    'hand over': 10,
    gate: 2_000,
    switch: 50,
    check: 100,
    bake: 5_000,
    drain: 300,
    stop: 500,
    record: 40,
    leave: 500,
  });
  expect(Object.values(phases).reduce((sum, ms) => sum + ms, 0)).toBe(10_000);
});

test('beyond leaves out the pull, the gate, the checks, the bake, the drain and the stop', () => {
  expect(beyondMs(phasesOf(run(released)))).toBe(800 + 300 + 200 + 10 + 50 + 40 + 500);
});

test('a first release has nothing to drain and to stop', () => {
  const first = released.filter(({ step }) => step !== 'drain' && step !== 'stop');
  expect(phasesOf(run(first))).toMatchObject({ drain: 0, stop: 0, record: 840 });
});

test('a log without the lines of a deploy is refused', () => {
  expect(() => phasesOf({ ...run(released), lines: [] })).toThrow('✓ lease');
});

test('a rollback counts from the opening of the connection to the proof of the switch', () => {
  expect(openToProofMs(run(released))).toBe(3_360);
  expect(() => openToProofMs(run([]))).toThrow('switch done');
});

test('a return counts from the verdict, of the bake or of the first checks, to its proof', () => {
  const back = record('back', 'done', 6_012);
  expect(verdictToProofMs(run([record('bake', 'failed', 6_000), back]))).toBe(12);
  expect(verdictToProofMs(run([record('check', 'failed', 5_990), back]))).toBe(22);
  expect(() => verdictToProofMs(run([back]))).toThrow('bake failed');
});
