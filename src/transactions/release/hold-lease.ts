import type { Plan } from '../../domain/records/plan';
import type { Lease } from '../../domain/records/state';
import { nextLease } from '../../domain/release/judge-lease';
import { label } from '../../domain/release/labels';
import { freeLeaseOnHost } from '../../operations/release/prepare-host';
import type { HostRun } from './deploy-tools';
import type { Preflight } from './preflight';

/** The lease as this deploy takes it. */
export function ownLease({ facts }: HostRun, { seen }: Preflight, { deploy }: Plan): Lease {
  const holder = { deploy, run: facts.url, actor: facts.actor, attempt: facts.attempt };
  return nextLease(seen.facts.lease, holder, seen.look.clock);
}

/** Acts between lease and keeper: when that fails there is nobody else to free the lease. */
export async function holdingLease<T>(
  run: HostRun,
  before: Preflight,
  plan: Plan,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    // What went wrong counts. A lease that could not be freed is given up for abandoned after a minute.
    await freeLease(run, before, plan).catch(() => undefined);
    run.tools.signal.throwIfAborted();
    throw thrown;
  }
}

/** A keeper that is there has the lease, whatever its runner heard of it. */
async function freeLease(run: HostRun, before: Preflight, plan: Plan): Promise<void> {
  const { engine, host } = run.session;
  const labels = [`${label.keeper}=${plan.deploy}`];
  if ((await engine.listContainers({ labels, all: true })).length > 0) return;
  const own = ownLease(run, before, plan);
  await freeLeaseOnHost(host, plan.base, {
    written: JSON.stringify(own),
    free: JSON.stringify({ ...own, holder: null }),
  });
}
