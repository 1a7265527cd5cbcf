import fc from 'fast-check';
import type { Release } from '../../src/domain/records/release';
import { releaseOf } from './scripted/release';

/** A history as a host may have it: seq numbers that grow with gaps, any standing, images that come again. */
export const ledger: fc.Arbitrary<readonly Release[]> = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 1, max: 3 }),
      version: fc.constantFrom('v1', 'v2', 'v3'),
      standing: fc.constantFrom('pending', 'good', 'failed', 'rolled-back'),
      image: fc.constantFrom('a', 'b', 'c', 'd'),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((entries) => {
    let seq = 0;
    return entries.map(({ gap, version, standing, image }) => {
      seq += gap;
      const before = releaseOf(seq, seq % 2 === 0 ? 'green' : 'blue');
      const services = before.services.map((service) => ({ ...service, image }));
      return { ...before, id: `${seq}-${version}`, version, standing, services };
    });
  });
