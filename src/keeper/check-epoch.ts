import { lease } from '../domain/records/state';
import { hostPath, readRecord } from '../operations/release/release-files';
import { Superseded, type Keep } from './keep';

/** Throws `Superseded` when a later deploy has taken the lease: nothing may be changed with an old epoch. */
export async function checkEpoch({ plan, files }: Pick<Keep, 'plan' | 'files'>): Promise<void> {
  const current = await readRecord(files, hostPath.lease(plan.base), lease);
  if (current === null || current.epoch <= plan.epoch) return;
  const who = current.holder === null ? '' : ` by deploy ${current.holder.deploy}`;
  throw new Superseded(
    `the lease was taken over${who} (epoch ${current.epoch}, this deploy has ${plan.epoch})`,
  );
}
