import { expect, test } from '@jest/globals';
import { json, table, type PlayedStep } from '../../demo/show';
import { steps } from '../../demo/steps';
import { goodRelease, load } from './stretch';

const [first, second] = steps;
if (first === undefined || second === undefined) throw new Error('the story has no steps');

const played: readonly PlayedStep[] = [
  {
    step: first,
    played: {
      verdict: '',
      exitCode: null,
      durationMs: 1234,
      traffic: {
        fresh: load({ v1: [0, 1] }, { sent: 10, failed: 3 }),
        kept: load({ v1: [0, 1] }, { sent: 5, failed: 1 }),
        streams: [],
      },
    },
    problems: ['the verdict is missing, not deployed'],
  },
  { step: second, played: goodRelease(), problems: [] },
];

test('the table shows what was expected, what came, and whether that holds', () => {
  expect(table(played)).toBe(
    [
      'step  expected  verdict   seconds  requests  failed  versions  streams                       holds',
      '--------------------------------------------------------------------------------------------------',
      'v1    deployed  -         1.2      15        4       v1        0/0 whole                     NO',
      'v2    deployed  deployed  10.0     4,000     0       v1 → v2   1/1 whole, 1 over the switch  yes',
    ].join('\n'),
  );
});

test('the JSON is one line with the sums of both kinds of connections', () => {
  const line = json(played, false);
  expect(line).not.toContain('\n');
  expect(JSON.parse(line)).toEqual({
    ok: false,
    steps: [
      {
        step: 'v1',
        expected: 'deployed',
        verdict: '',
        seconds: 1.2,
        sent: 15,
        failed: 4,
        versions: ['v1'],
      },
      {
        step: 'v2',
        expected: 'deployed',
        verdict: 'deployed',
        seconds: 10,
        sent: 4000,
        failed: 0,
        versions: ['v1', 'v2'],
      },
    ],
  });
});
