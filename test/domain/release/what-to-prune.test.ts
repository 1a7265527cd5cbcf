import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { whatToPrune } from '../../../src/domain/release/what-to-prune';
import type { Release } from '../../../src/domain/records/release';
import { releaseOf } from '../../support/scripted/release';
import { ledger } from '../../support/sample-releases';

const entry = (seq: number, standing: Release['standing'], image = String(seq)): Release => {
  const before = releaseOf(seq, 'blue', { standing });
  return { ...before, services: before.services.map((service) => ({ ...service, image })) };
};

const history = [
  entry(1, 'good'),
  entry(2, 'failed'),
  entry(3, 'good'),
  entry(4, 'rolled-back'),
  entry(5, 'good'),
  entry(6, 'failed'),
  entry(7, 'good'),
  entry(8, 'good'),
];
const keep = ['7-v7', '8-v8'];

describe('whatToPrune', () => {
  test.each([
    ['none besides live and previous', 0, ['1', '2', '3', '4', '5', '6']],
    ['one good one besides', 1, ['1', '2', '3', '4']],
    ['two', 2, ['1', '2']],
    ['more than there are', 9, []],
  ])('retains %s', (_, retain, gone) => {
    const pruned = whatToPrune(history, { keep, retain });
    expect(pruned.releases.map(({ seq }) => String(seq))).toEqual(gone);
    expect(pruned.images).toEqual(gone);
  });

  test('an image that a kept release runs as well stays', () => {
    const shared = [entry(1, 'good', 'a'), entry(7, 'good', 'a'), entry(8, 'good', 'b')];
    const pruned = whatToPrune(shared, { keep, retain: 0 });
    expect(pruned.releases.map(({ id }) => id)).toEqual(['1-v1']);
    expect(pruned.images).toEqual([]);
  });

  test('images of what ran once go with the release, and stay while another one has them', () => {
    const once = (release: Release, ...images: string[]) => ({ ...release, onceImages: images });
    const tools = [
      once(entry(1, 'good'), 'seed', 'tool'),
      entry(7, 'good'),
      once(entry(8, 'good'), 'tool'),
    ];
    expect(whatToPrune(tools, { keep, retain: 0 }).images).toEqual(['1', 'seed']);
  });

  test('a failed one that is newer than all that is kept stays for whoever looks into it', () => {
    const pruned = whatToPrune([...history, entry(9, 'failed')], { keep, retain: 0 });
    expect(pruned.releases.map(({ seq }) => seq)).not.toContain(9);
  });

  test('nothing is pruned while nothing is on record', () => {
    expect(whatToPrune([], { keep, retain: 0 })).toEqual({ releases: [], images: [] });
  });

  test('whatever the history, live and previous stay, with every image that a kept release needs', () => {
    const property = fc.property(
      ledger,
      fc.nat(),
      fc.nat(),
      fc.integer({ min: 0, max: 4 }),
      (all, first, second, retain) => {
        const kept = [first, second].map((at) => all[at % all.length]?.id ?? '');
        const { releases, images } = whatToPrune(all, { keep: kept, retain });
        const gone = new Set(releases.map(({ id }) => id));
        const stay = all.filter(({ id }) => !gone.has(id));
        const needed = stay.flatMap(({ services }) => services.map(({ image }) => image));
        expect(kept.filter((id) => gone.has(id))).toEqual([]);
        expect(images.filter((image) => needed.includes(image))).toEqual([]);
        const good = stay.filter(({ id, standing }) => standing === 'good' && !kept.includes(id));
        const others = all.filter(({ id, standing }) => standing === 'good' && !kept.includes(id));
        expect(good).toEqual(retain === 0 ? [] : others.slice(-retain));
      },
    );
    fc.assert(property, { numRuns: 500 });
  });
});
