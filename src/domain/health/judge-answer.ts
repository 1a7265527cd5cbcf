import { parseJson } from '../json';
import type { JsonExpectation } from '../records/release';

/** What is expected of one HTTP answer. */
export interface AnswerExpectation {
  readonly status: number;
  readonly json: JsonExpectation;
}

export interface Judgement {
  readonly ok: boolean;
  /** What came back, in a few words, for the transcript. */
  readonly said: string;
}

/** Judges an HTTP answer: exact status, then each dotted JSON path against its exact value; the first difference is named. */
export function judgeAnswer(
  answer: { readonly status: number; readonly body: string },
  expected: AnswerExpectation,
): Judgement {
  if (answer.status !== expected.status) {
    return { ok: false, said: `HTTP ${answer.status}, expected ${expected.status}` };
  }
  const fields = Object.entries(expected.json);
  if (fields.length === 0) return { ok: true, said: `HTTP ${answer.status}` };
  const document = parseJson(answer.body);
  if (document === undefined) return { ok: false, said: `HTTP ${answer.status}, but not JSON` };
  for (const [path, value] of fields) {
    const found = valueAt(document, path);
    if (found !== value) {
      return { ok: false, said: `${path} is ${shown(found)}, expected ${shown(value)}` };
    }
  }
  return {
    ok: true,
    said: `HTTP ${answer.status}, ${fields.map(([path, value]) => `${path}=${shown(value)}`).join(', ')}`,
  };
}

function valueAt(document: unknown, path: string): unknown {
  let current = document;
  for (const key of path.split('.')) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key))
      return undefined;
    current = (current as Record<string, unknown>)[key];
  }
  return current;
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 100);
}
