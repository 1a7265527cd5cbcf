import { describe, expect, test } from '@jest/globals';
import { gantt } from '../../src/report/gantt';
import { spans } from '../../src/report/spans';
import { badJournal, goodJournal, journalOf } from './sample-report';

describe('spans of a journal', () => {
  test('a step that never ended lasts until the last record', () => {
    const records = journalOf(['gate', 'intent', 100], ['gate', 'note', 2600, 'still waiting']);
    expect(spans(records)).toMatchObject([{ step: 'gate', end: 'open' }]);
    expect(lengths(records)).toEqual([2500]);
  });

  test('a keeper that came back starts its step anew: both times are there', () => {
    const records = journalOf(
      ['bake', 'intent', 0],
      ['keeper', 'intent', 5000],
      ['bake', 'intent', 5010],
      ['bake', 'done', 9010],
    );
    expect(spans(records).map((span) => span.end)).toEqual(['interrupted', 'done']);
    expect(lengths(records)).toEqual([5010, 4000]);
  });

  test('an end without a beginning counts back by its own measure', () => {
    const [record] = journalOf(['pull', 'done', 5000]);
    expect(lengths(record ? [{ ...record, tookMs: 1200 }] : [])).toEqual([1200]);
  });

  test('a clock that is set back makes no negative time', () => {
    expect(lengths(journalOf(['drain', 'intent', 9000], ['drain', 'done', 1000]))).toEqual([0]);
  });

  function lengths(records: Parameters<typeof spans>[0]) {
    return spans(records).map((span) => span.endMs - span.startMs);
  }
});

describe('the timeline', () => {
  test('is not there when nothing was recorded', () => {
    expect(gantt([])).toBeNull();
    expect(gantt([{ host: 'a', records: journalOf(['end', 'done', 0]) }])).toBeNull();
  });

  test('marks what failed and every way back', () => {
    const marked = gantt([{ host: 'a', records: badJournal }])
      ?.split('\n')
      .filter((line) => line.includes(':crit'))
      .map((line) => line.trim().split(' ')[0]);
    expect(marked).toEqual(['bake', 'back', 'undo']);
  });

  test('holds times to the millisecond, and a width for a step that took none', () => {
    const records = journalOf(['switch', 'intent', 7], ['switch', 'done', 7]);
    const startMs = Date.parse('2026-03-04T10:00:00.007Z');
    expect(gantt([{ host: 'a', records }])).toContain(`switch 0 ms :${startMs}, ${startMs + 1}`);
  });

  test.each([
    ['root@[::1]:22', '  section root@[--1]-22'],
    ['a;b#c%%d\nsection e', '  section a-b-c--d-section e'],
    ['', '  section host'],
  ])('writes the host %j so that it stays a label', (host, line) => {
    expect(gantt([{ host, records: goodJournal }])?.split('\n')).toContain(line);
  });

  test('stays below what Mermaid accepts with a hundred hosts that resumed a hundred times', () => {
    const records = Array.from({ length: 100 }, (_, index) =>
      journalOf(['bake', 'intent', index * 10]),
    ).flatMap((one, index) => one.map((record) => ({ ...record, seq: index + 1 })));
    const hosts = Array.from({ length: 100 }, (_, index) => ({ host: `app${index}`, records }));
    expect(gantt(hosts)?.length).toBeLessThan(50_000);
  });
});
