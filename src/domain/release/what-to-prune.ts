import { imagesOf, type Release } from '../records/release';

/**
 * Decides which release records may go, and which images nobody needs then. `keep` (live and previous) stays, and so do
 * the `retain` newest good ones besides; failed ones go with the good ones of their age.
 */
export function whatToPrune(
  ledger: readonly Release[],
  options: { readonly keep: readonly string[]; readonly retain: number },
): { readonly releases: readonly Release[]; readonly images: readonly string[] } {
  const others = ledger.filter(({ id }) => !options.keep.includes(id));
  const good = others
    .filter(({ standing }) => standing === 'good')
    .toSorted((a, b) => b.seq - a.seq);
  const retained = new Set(good.slice(0, options.retain).map(({ id }) => id));
  const oldest = Math.min(
    ...ledger
      .filter(({ id }) => options.keep.includes(id) || retained.has(id))
      .map(({ seq }) => seq),
  );
  const releases = others.filter(
    ({ id, seq, standing }) => !retained.has(id) && (standing === 'good' || seq < oldest),
  );
  const gone = new Set(releases.map(({ id }) => id));
  const needed = new Set(ledger.filter(({ id }) => !gone.has(id)).flatMap(imagesOf));
  // What ran before the first release came from the team, and so did its images.
  const ours = releases.filter(({ slot }) => slot !== 'adopted');
  const images = new Set(ours.flatMap(imagesOf));
  return { releases, images: [...images].filter((image) => !needed.has(image)) };
}
