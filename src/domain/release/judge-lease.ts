import type { Lease } from '../records/state';

/** A holder without a keeper is past the moments between lease and keeper once it is this old. */
const abandonedAfterSeconds = 60;

/** `free` and `abandoned` may be taken; a `held` one is somebody's who can still act. */
export type LeaseJudgement =
  | { readonly kind: 'free' }
  | { readonly kind: 'abandoned'; readonly holder: NonNullable<Lease['holder']> }
  | { readonly kind: 'held'; readonly holder: NonNullable<Lease['holder']> };

/**
 * Judges a lease. Whoever holds one acts through its keeper; `keepers` are the deploy ids of the keepers that run, so a
 * holder without one and without a fresh heartbeat can change nothing any more.
 */
export function judgeLease(
  lease: Lease | null,
  keepers: readonly string[],
  nowSeconds: number,
): LeaseJudgement {
  if (lease?.holder == null) return { kind: 'free' };
  const { holder, heartbeat } = lease;
  if (keepers.includes(holder.deploy)) return { kind: 'held', holder };
  // A heartbeat far ahead is one from before the server's clock was set back.
  if (Math.abs(nowSeconds - heartbeat) < abandonedAfterSeconds) return { kind: 'held', holder };
  return { kind: 'abandoned', holder };
}

/** The lease as the next holder writes it. */
export function nextLease(
  lease: Lease | null,
  holder: NonNullable<Lease['holder']>,
  nowSeconds: number,
): Lease {
  return { schema: 1, epoch: (lease?.epoch ?? 0) + 1, holder, heartbeat: nowSeconds };
}
