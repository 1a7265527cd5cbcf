import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fewestKept, type KeepRule } from '../../../src/domain/backup/keep-rule';
import { whatToPrune } from '../../../src/domain/backup/retention';
import type { KeepableBackup } from '../../../src/domain/backup/retention';

const none = new Set<string>();
const dayMs = 86_400_000;
const noon = Date.UTC(2026, 10, 23, 12);

/** One backup a day, the newest today; `3` = that of three days ago. */
const daily = (count: number, change: (age: number) => Partial<KeepableBackup> = () => ({})) =>
  Array.from({ length: count }, (_, index): KeepableBackup => {
    const age = count - 1 - index;
    const made = { id: `${age}`, sequence: index, endedAt: noon - age * dayMs, proven: true };
    return { ...made, ...change(age) };
  });

const keep = (rule: Partial<KeepRule>): KeepRule => {
  return { last: 0, daily: 0, weekly: 0, monthly: 0, days: 0, ...rule };
};

const keptOf = (backups: readonly KeepableBackup[], retention: KeepRule, named = none) =>
  whatToPrune(backups, retention, named).kept.map(({ id }) => id);

describe('what is kept', () => {
  const cases: readonly (readonly [string, number, KeepRule, readonly string[]])[] = [
    ['the newest so many', 10, keep({ last: 5 }), ['0', '1', '2', '3', '4']],
    ['never fewer than three', 10, keep({ last: 1 }), ['0', '1', '2']],
    ['the days before the newest', 10, keep({ days: 4 }), ['0', '1', '2', '3', '4']],
    // 23 November 2026 is a Monday.
    ['one a week', 20, keep({ weekly: 3 }), ['0', '1', '2', '8']],
    ['one a month', 60, keep({ monthly: 2 }), ['0', '1', '2', '23']],
    ['one a day, of days that have one', 10, keep({ daily: 4 }), ['0', '1', '2', '3']],
    [
      'what any rule wants',
      60,
      keep({ last: 2, daily: 4, weekly: 2, monthly: 3 }),
      ['0', '1', '2', '3', '23', '54'],
    ],
  ];
  test.each(cases)('%s', (_, count, retention, ids) => {
    expect(keptOf(daily(count), retention)).toEqual(ids);
  });

  test('the newest of several on one day', () => {
    const twice = daily(8, (age) => ({ endedAt: noon - Math.floor(age / 2) * dayMs - age }));
    expect(keptOf(twice, keep({ daily: 3 }))).toEqual(['0', '1', '2', '4']);
  });

  test('what a release names, and says so', () => {
    const { kept, remove } = whatToPrune(daily(10), keep({ last: 3 }), new Set(['9']));
    expect(kept.at(-1)).toEqual({ id: '9', because: ['a release names it'] });
    expect(remove).toEqual(['8', '7', '6', '5', '4', '3']);
  });
});

describe('what is not proven', () => {
  test('does not count, and does not push out what is', () => {
    const backups = daily(9, (age) => ({ proven: age === 0 || age > 4 }));
    expect(keptOf(backups, keep({ last: 3 }))).toEqual(['0', '1', '2', '3', '4', '5', '6']);
  });

  test('goes when three proven ones are newer', () => {
    const backups = daily(6, (age) => ({ proven: age !== 4 }));
    expect(whatToPrune(backups, keep({ last: 5 }), none).remove).toEqual(['4']);
  });

  test('stops all pruning when it is the newest', () => {
    const backups = daily(20, (age) => ({ proven: age !== 0 }));
    const { remove, withheld } = whatToPrune(backups, keep({ last: 3 }), none);
    expect(remove).toEqual([]);
    expect(withheld).toBe('the newest backup, 0, is not proven');
  });
});

describe('a clock that was wrong', () => {
  const wrong = (ages: readonly number[], endedAt: number) =>
    daily(12, (age) => (ages.includes(age) ? { endedAt } : {}));

  test('set back for the newest: it is the newest all the same, and the days before it are kept', () => {
    const backups = wrong([0], Date.UTC(2001, 0, 1));
    expect(keptOf(backups, keep({ days: 3 }))).toEqual(['0', '1', '2', '3', '4']);
    expect(keptOf(backups, keep({ daily: 5 }))).toEqual(['0', '1', '2', '3', '4', '5']);
  });

  test('ahead for a while: what was made then does not stay for ever, and pushes nothing out', () => {
    const backups = wrong([4, 5], Date.UTC(2101, 0, 1));
    expect(keptOf(backups, keep({ days: 3 }))).toEqual(['0', '1', '2', '3']);
    expect(keptOf(backups, keep({ daily: 6 }))).toEqual(['0', '1', '2', '3', '4', '7']);
  });
});

const anything = fc
  .array(
    fc.record({
      endedAt: fc.integer({ min: 0, max: 4_102_444_800_000 }),
      proven: fc.boolean(),
      named: fc.boolean(),
    }),
    { maxLength: 40 },
  )
  .map((made) =>
    made.map((one, sequence) => ({ ...one, sequence: sequence * 2, id: `b${sequence}` })),
  );
const anyRule = fc.record({
  last: fc.nat(10),
  daily: fc.nat(9),
  weekly: fc.nat(9),
  monthly: fc.nat(9),
  days: fc.nat(400),
});

describe('whatever the backups, their clocks and the rule are', () => {
  test('the three newest proven ones and what releases name stay, and each either stays or goes', () => {
    fc.assert(
      fc.property(anything, anyRule, (backups, rule) => {
        const named = new Set(backups.filter((one) => one.named).map(({ id }) => id));
        const { kept, remove, withheld } = whatToPrune(backups, rule, named);
        const stay = new Set(kept.map(({ id }) => id));
        const newest = backups.filter((one) => one.proven).slice(-Math.max(fewestKept, rule.last));
        for (const { id } of newest) expect(stay).toContain(id);
        for (const id of named) expect(stay).toContain(id);
        for (const id of remove) expect(stay).not.toContain(id);
        if (withheld === null) expect(stay.size + remove.length).toBe(backups.length);
        else expect(remove).toEqual([]);
      }),
    );
  });

  test('pruning twice is pruning once, where clocks were right', () => {
    fc.assert(
      fc.property(anything, anyRule, (chaos, rule) => {
        const clock = chaos.map(({ endedAt }) => endedAt).toSorted((one, other) => one - other);
        const backups = chaos.map((one, index) => ({ ...one, endedAt: clock[index] ?? 0 }));
        const gone = new Set(whatToPrune(backups, rule, none).remove);
        const left = backups.filter(({ id }) => !gone.has(id));
        const again = whatToPrune(left, rule, none).remove;
        expect(again.filter((id) => left.find((one) => one.id === id)?.proven)).toEqual([]);
      }),
    );
  });

  test('the order in which they are found changes nothing', () => {
    fc.assert(
      fc.property(anything, anyRule, (backups, rule) => {
        const found = whatToPrune(backups.toReversed(), rule, none);
        expect(found).toEqual(whatToPrune(backups, rule, none));
      }),
    );
  });
});
