import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFacts, type HostTexts } from '../../../src/domain/release/host-facts';
import { releaseOf } from '../../support/scripted-release';

const nothing: HostTexts = { state: null, lease: null, releases: [], journal: null };
const lease = { schema: 1, epoch: 3, holder: null, heartbeat: 5 };
const state = {
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
    ['half a state', { state: JSON.stringify(state).slice(0, 40) }, ['state.json']],
    [
      'a state of another schema',
      { state: JSON.stringify({ ...state, schema: 2 }) },
      ['state.json'],
    ],
    ['a state without a live release', { state: '{}' }, ['state.json']],
    ['a lease of bytes', { lease: '\u0000\u0001' }, ['lease']],
    [
      'a lease with a negative epoch',
      { lease: JSON.stringify({ ...lease, epoch: -1 }) },
      ['lease'],
    ],
    ['a release that is a list', { releases: ['[]'] }, ['a release record']],
    [
      'all at once',
      { state: 'x', lease: 'x', releases: ['x', 'x'] },
      ['a release record', 'a release record', 'state.json', 'lease'],
    ],
  ])('%s', (_, texts, unreadable) => {
    const facts = readFacts({ ...nothing, ...texts });
    expect([...facts.unreadable].sort()).toEqual([...unreadable].sort());
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
        const facts = readFacts({ state: one, lease: two, releases, journal });
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
    expect(facts).toEqual({ state: null, lease: null, ledger: [], journal: [], unreadable: [] });
  });

  test('state and lease', () => {
    const facts = readFacts({
      ...nothing,
      state: JSON.stringify(state),
      lease: JSON.stringify(lease),
    });
    expect(facts).toMatchObject({ state, lease, unreadable: [] });
  });

  test('releases come oldest first, whatever the order of their folders', () => {
    const texts = [releaseOf(10, 'blue'), releaseOf(9, 'green'), releaseOf(2, 'blue')];
    const facts = readFacts({ ...nothing, releases: texts.map((one) => JSON.stringify(one)) });
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
