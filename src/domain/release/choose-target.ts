import type { Release } from '../records/release';

/** The release a rollback goes to, or why there is none. */
export type RollbackTarget =
  | { readonly kind: 'found'; readonly release: Release }
  | { readonly kind: 'none'; readonly reason: string };

/**
 * Chooses the target of a rollback: without a version the good release that served before the live one (`previous`), else
 * the newest good one from before it; with a version (`v1.2.3`) or a release id (`7-v1.2.3`) exactly that; of several releases of a version the newest good one, else the newest.
 */
export function chooseTarget(
  ledger: readonly Release[],
  live: Release,
  version: string | undefined,
  previous: string | null,
): RollbackTarget {
  const good = ledger.filter(({ standing, id }) => standing === 'good' && id !== live.id);
  if (version === undefined) {
    const before = good.filter(({ seq }) => seq < live.seq);
    // After a rollback and a new deploy that is not the newest one: what was skipped then is not returned to now.
    const last = before.find(({ id }) => id === previous) ?? before.at(-1);
    return last === undefined
      ? { kind: 'none', reason: `no good release from before ${live.id} is on record` }
      : { kind: 'found', release: last };
  }
  if (live.version === version || live.id === version) {
    const other = good.findLast((release) => release.version === version);
    if (other === undefined) return { kind: 'none', reason: `${live.id} serves already` };
  }
  const named = ledger.filter(
    ({ id, version: name }) => id !== live.id && (id === version || name === version),
  );
  const wanted = named.findLast(({ standing }) => standing === 'good') ?? named.at(-1);
  return wanted === undefined
    ? { kind: 'none', reason: `${version} is not on record` }
    : { kind: 'found', release: wanted };
}

/** Id and number of the next release; what is live counts too, for what was adopted may not be on record yet. */
export function nextRelease(
  ledger: readonly Release[],
  live: Release | null,
  version: string,
): { readonly seq: number; readonly id: string } {
  const seq = Math.max(0, live?.seq ?? 0, ...ledger.map((one) => one.seq)) + 1;
  return { seq, id: `${seq}-${version}` };
}
