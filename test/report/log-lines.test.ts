import { describe, expect, test } from '@jest/globals';
import { logLines } from '../../src/report/log-lines';
import { badOutcome, goodOutcome } from './sample-report';

describe('the live log', () => {
  test('an end that went wrong brings reason, hint, last lines and probes', () => {
    expect(logLines({ step: 'end', phase: 'done', tookMs: 13_910, outcome: badOutcome })).toEqual([
      '✗ end       rolled-back, BACK: sent back, the old release is proven to serve       14 s',
      '  reason    https://shop.example.com/api/health failed 3 times in a row: status 500 instead of 200',
      '  next      See the last lines of the container below; run `docker logs shop-production-green-backend-1` on the host for more.',
      '  warning   the old slot had to be started again',
      '  log       last lines of shop-production-green-backend-1:',
      '            │ INFO: started',
      '            │ ERROR: relation "orders" does not exist',
      '  probe     ok https://shop.example.com/api/health 200',
      '  probe     failed https://shop.example.com/api/health 500',
    ]);
  });

  test.each([
    [
      'a step that failed',
      { step: 'gate', phase: 'failed', text: 'status 500' },
      ['✗ gate      status 500'],
    ],
    ['one that failed without a word', { step: 'gate', phase: 'failed' }, ['✗ gate      failed']],
    [
      'what goes on',
      { step: 'bake', phase: 'intent', text: '30 s' },
      ['▸ bake      watching the new version, the old one stays warm: 30 s'],
    ],
    ['a quick step, told when it is over', { step: 'record', phase: 'intent' }, []],
    [
      'progress',
      { step: 'gate', phase: 'note', text: 'backend-1: 503' },
      ['· gate      backend-1: 503'],
    ],
    [
      'a step done, in its own words',
      { step: 'gate', phase: 'done' },
      ['✓ gate      every replica is ready'],
    ],
    [
      'a step done, with its time in a column',
      { step: 'pull', phase: 'done', text: '3 images, 0 pulled', tookMs: 1234 },
      [`✓ pull      ${'3 images, 0 pulled'.padEnd(64)}      1.2 s`],
    ],
    [
      'a good end',
      { step: 'end', phase: 'done', outcome: goodOutcome },
      ['✓ end       deployed, GREEN: the new release serves'],
    ],
  ] as const)('%s', (_, record, lines) => {
    expect(logLines(record)).toEqual(lines);
  });

  test('names the host when there are several', () => {
    expect(logLines({ step: 'undo', phase: 'done' }, 'app2')).toEqual([
      'app2  ✓ undo      the new slot is gone',
    ]);
  });

  test.each([
    '::error::x',
    '\r\n::error::x',
    ' \u2028::add-mask::x',
    '##[error]x',
    'a\u0085::set-env::',
  ])('remote text %j is no command of the runner, wherever it stands', (evil) => {
    const outcome = {
      ...badOutcome,
      reason: evil,
      hint: evil,
      warnings: [evil],
      logs: [{ container: evil, lines: [evil] }],
      transcript: [{ atMs: 1, target: evil, ok: false, said: evil }],
    };
    const lines = [
      ...logLines({ step: 'end', phase: 'done', text: evil, outcome }),
      ...logLines({ step: 'gate', phase: 'note', text: evil }, evil),
    ];
    for (const line of lines) {
      expect(line).not.toMatch(/^\s*::|##\[|[\n\r\u0085\u2028]/);
    }
  });
});
