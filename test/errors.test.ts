import { describe, expect, test } from '@jest/globals';
import { ShiplockError, messageOf, type FailureVerdict } from '../src/errors';

describe('ShiplockError', () => {
  const codes: [FailureVerdict, number][] = [
    ['failed', 1],
    ['rolled-back', 1],
    ['unproven', 2],
    ['refused', 3],
  ];

  test.each(codes)('%s exits with %d', (verdict, code) => {
    expect(new ShiplockError('x', { fault: 'remote', verdict }).exitCode).toBe(code);
  });

  test('an exit code given by hand wins over the verdict', () => {
    expect(
      new ShiplockError('x', { fault: 'user', verdict: 'refused', exitCode: 0 }).exitCode,
    ).toBe(0);
  });

  test('without a verdict it is a failure, and keeps hint and cause', () => {
    const cause = new Error('socket hang up');
    const error = new ShiplockError('lost the host', {
      fault: 'remote',
      hint: 'Run again.',
      cause,
    });
    expect(error).toMatchObject({ verdict: 'failed', exitCode: 1, hint: 'Run again.', cause });
  });
});

test('messageOf reads anything that can be thrown', () => {
  expect([messageOf(new Error('a')), messageOf('b'), messageOf(undefined)]).toEqual([
    'a',
    'b',
    'undefined',
  ]);
});
