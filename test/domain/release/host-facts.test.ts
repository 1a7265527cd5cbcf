import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { printState, type HostState } from '../../../src/domain/records/state';
import { readFacts, type HostTexts } from '../../../src/domain/release/host-facts';
import { releaseOf } from '../../support/scripted/release';

const nothing: HostTexts = {
  ...{ state: null, previousState: null, lease: null, releases: [], journal: null },
};
const named = (...texts: readonly string[]): HostTexts['releases'] =>
  texts.map((text, index) => ({ path: `releases/${index + 1}/release.json`, text }));
const lease = { schema: 1, epoch: 3, holder: null, heartbeat: 5 };
const state: HostState = {
  schema: 1,
  app: 'shop',
  environment: 'production',
  live: { release: '3-v3', slot: 'blue' },
  previous: null,
  deploy: 'd3',
  updatedAt: '2026-03-01T11:00:00.000Z',
};
const record = { seq: 1, epoch: 3, step: 'go', phase: 'done', time: '2026-03-01T11:00:00.000Z' };

describe('what cannot be read is named', () => {
  test.each([
    [
      'half a state',
      { state: printState(state).slice(0, 40) },
      ['state.json cannot be read: it is not a whole JSON document'],
    ],
    [
      'a state of a newer version',
      { state: JSON.stringify({ ...state, schema: 2 }) },
      ['state.json cannot be read: a newer Shiplock wrote it (schema 2), so use that version'],
    ],
    [
      'a release of a newer version',
      { releases: named(JSON.stringify({ ...releaseOf(1, 'blue'), schema: 3 })) },
      ['releases/1/release.json cannot be read: a newer Shiplock wrote it (schema 3)'],
    ],
    [
      'a state that was changed by hand',
      { state: printState(state).replace('blue', 'green') },
      ['state.json cannot be read: its checksum is wrong'],
    ],
    [
      'a state without a checksum',
      { state: JSON.stringify(state) },
      ['state.json cannot be read: checksum: '],
    ],
    ['a state without a live release', { state: '{}' }, ['state.json']],
    ['a lease of bytes', { lease: '\u0000\u0001' }, ['lease']],
    [
      'a lease with a negative epoch',
      { lease: JSON.stringify({ ...lease, epoch: -1 }) },
      ['lease cannot be read: epoch: '],
    ],
    ['a release that is a list', { releases: named('[]') }, ['releases/1/release.json']],
    [
      'all at once',
      { state: 'x', lease: 'x', releases: named('x', 'x') },
      ['releases/1/release.json', 'releases/2/release.json', 'state.json', 'lease'],
    ],
  ])('%s', (_, texts, unreadable) => {
    const facts = readFacts({ ...nothing, ...texts });
    expect(facts.unreadable).toEqual(unreadable.map((part) => expect.stringContaining(part)));
    expect([facts.state, facts.lease, facts.ledger]).toEqual([null, null, []]);
  });

  test('any text is read without a crash, and nothing is made up from it', () => {
    const text = fc.oneof(fc.string(), fc.json(), fc.string({ unit: 'binary' }));
    const property = fc.property(
      text,
      text,
      fc.array(text),
      text,
      (one, two, releases, journal) => {
        const texts = { state: one, previousState: two, lease: two, journal };
        const facts = readFacts({ ...texts, releases: named(...releases) });
        expect(facts.previousState).toBeNull();
        expect([facts.state, facts.lease, facts.ledger, facts.journal]).toEqual([
          null,
          null,
          [],
          [],
        ]);
      },
    );
    fc.assert(property, { numRuns: 300 });
  });
});

describe('what is there is read', () => {
  test('an empty file is one that was never written', () => {
    const facts = readFacts({ ...nothing, lease: '', state: '\n' });
    const records = { state: null, previousState: null, lease: null };
    expect(facts).toEqual({ ...records, ledger: [], journal: [], unreadable: [] });
  });

  test('state and lease', () => {
    const facts = readFacts({
      ...nothing,
      state: printState(state),
      previousState: printState({ ...state, deploy: 'd2' }),
      lease: JSON.stringify(lease),
    });
    expect(facts).toMatchObject({ state, lease, unreadable: [] });
    expect(facts.previousState?.deploy).toBe('d2');
  });

  test('a state in which any one bit was flipped is named, or says the same', () => {
    const bytes = new TextEncoder().encode(printState(state));
    const { length } = bytes;
    const property = fc.property(fc.nat(length - 1), fc.nat(7), (at, bit) => {
      const damaged = bytes.map((byte, index) => (index === at ? byte ^ (1 << bit) : byte));
      const facts = readFacts({ ...nothing, state: new TextDecoder().decode(damaged) });
      if (facts.unreadable.length === 0) expect(facts.state).toEqual(state);
    });
    fc.assert(property, { numRuns: 3000 });
  });

  test('releases come oldest first, whatever the order of their folders', () => {
    const texts = [releaseOf(10, 'blue'), releaseOf(9, 'green'), releaseOf(2, 'blue')];
    const facts = readFacts({
      ...nothing,
      releases: named(...texts.map((one) => JSON.stringify(one))),
    });
    expect(facts.ledger.map(({ id }) => id)).toEqual(['2-v2', '9-v9', '10-v10']);
  });

  test('a torn line of the journal takes no other with it', () => {
    const line = JSON.stringify(record);
    const journal = `${line}\n${line.slice(0, 30)}\n${line.replace('"go"', '"gate"')}\n${line.slice(0, 9)}`;
    const facts = readFacts({ ...nothing, journal });
    expect(facts.journal.map(({ step }) => step)).toEqual(['go', 'gate']);
    expect(facts.unreadable).toEqual([]);
  });
});
