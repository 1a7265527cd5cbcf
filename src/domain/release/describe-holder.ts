import type { Lease } from '../records/state';

/** Who holds a lease, for people: actor, run, attempt. */
export function describeHolder(holder: NonNullable<Lease['holder']>): string {
  return `${holder.actor} deploys (${holder.deploy}, attempt ${holder.attempt}, ${holder.run})`;
}
