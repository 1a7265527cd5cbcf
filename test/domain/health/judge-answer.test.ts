import { describe, expect, test } from '@jest/globals';
import { judgeAnswer } from '../../../src/domain/health/judge-answer';

const judged = (
  status: number,
  body: string,
  json: Record<string, string | number | boolean | null> = {},
  wanted = 200,
) => judgeAnswer({ status, body }, { status: wanted, json });

describe('an answer that does not hold is told with its first difference', () => {
  test.each([
    [
      'another status',
      503,
      '{"status":"healthy"}',
      { status: 'healthy' },
      'HTTP 503, expected 200',
    ],
    ['a redirect', 302, '', {}, 'HTTP 302, expected 200'],
    ['no JSON', 200, '<html>', { status: 'healthy' }, 'HTTP 200, but not JSON'],
    ['an empty body', 200, '', { status: 'healthy' }, 'HTTP 200, but not JSON'],
    [
      'JSON that was cut off',
      200,
      '{"status":"hea',
      { status: 'healthy' },
      'HTTP 200, but not JSON',
    ],
    ['a missing field', 200, '{}', { status: 'healthy' }, 'status is missing, expected "healthy"'],
    [
      'another value',
      200,
      '{"status":"starting"}',
      { status: 'healthy' },
      'status is "starting", expected "healthy"',
    ],
    [
      'a number that is a text',
      200,
      '{"workers":"2"}',
      { workers: 2 },
      'workers is "2", expected 2',
    ],
    ['a truth that is a number', 200, '{"ok":1}', { ok: true }, 'ok is 1, expected true'],
    ['null where there is nothing', 200, '{}', { error: null }, 'error is missing, expected null'],
    [
      'a path through a text',
      200,
      '{"db":"up"}',
      { 'db.state': 'up' },
      'db.state is missing, expected "up"',
    ],
    [
      'a path through null',
      200,
      '{"db":null}',
      { 'db.state': 'up' },
      'db.state is missing, expected "up"',
    ],
    [
      'what every object inherits',
      200,
      '{}',
      { 'constructor.name': 'Object' },
      'constructor.name is missing, expected "Object"',
    ],
    [
      'null as the document',
      200,
      'null',
      { status: 'healthy' },
      'status is missing, expected "healthy"',
    ],
    [
      'a whole object where a text is expected',
      200,
      '{"a":{"b":1}}',
      { a: 'b' },
      'a is {"b":1}, expected "b"',
    ],
    ['the second field', 200, '{"a":1,"b":2}', { a: 1, b: 3 }, 'b is 2, expected 3'],
  ])('%s', (_, status, body, json, said) => {
    expect(judged(status, body, json)).toEqual({ ok: false, said });
  });

  test('what came back is shown in a hundred characters at most', () => {
    const { said } = judged(200, JSON.stringify({ status: 'x'.repeat(5000) }), {
      status: 'healthy',
    });
    expect(said.length).toBeLessThan(150);
  });
});

describe('an answer that holds', () => {
  test.each([
    ['the status alone', 200, 'not even JSON', {}, 200, 'HTTP 200'],
    ['another status that is expected', 204, '', {}, 204, 'HTTP 204'],
    [
      'every field',
      200,
      '{"status":"healthy","db":{"state":"up"}}',
      { status: 'healthy', 'db.state': 'up' },
      200,
      'HTTP 200, status="healthy", db.state="up"',
    ],
    [
      'null where null is expected',
      200,
      '{"error":null}',
      { error: null },
      200,
      'HTTP 200, error=null',
    ],
    [
      'a place in a list',
      200,
      '{"checks":[{"ok":true}]}',
      { 'checks.0.ok': true },
      200,
      'HTTP 200, checks.0.ok=true',
    ],
  ])('%s', (_, status, body, json, wanted, said) => {
    expect(judged(status, body, json, wanted)).toEqual({ ok: true, said });
  });
});
