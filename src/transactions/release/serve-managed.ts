import { driverOf } from '../../domain/proxy/drivers';
import type { Plan } from '../../domain/records/plan';
import { ShiplockError } from '../../errors';
import { haveManagedProxy, reloadManagedProxy } from '../../operations/release/have-managed-proxy';
import { noteIncludeRead, restoreInclude } from '../../operations/release/prepare-host';
import { pullImages } from '../../operations/release/pull-images';
import { pullSetting } from './bring-up';
import type { HostRun } from './deploy-tools';
import type { Preflight } from './preflight';
import { untilCancelled } from '../until-cancelled';

/** Lets the managed proxy run and serve this app's sites; one that runs already reads its folder only when that has changed. */
export async function serveManaged(
  run: HostRun,
  before: Preflight,
  plan: Plan,
  changed: boolean,
): Promise<void> {
  const { session, tools, config, facts } = run;
  const { configDir } = before.stack;
  const { image } = config.proxy.managed;
  const pull = (wanted: string): Promise<unknown> =>
    untilCancelled(tools.signal, pullImages(pullSetting(run, { plan, before }), [wanted]));
  const parts = { image, pull, folder: configDir };
  const ran = await haveManagedProxy(session.engine, tools.clock, parts);
  if (ran && !changed) return;
  const said = await reloadManagedProxy(session.host, tools.clock, facts.docker, configDir);
  if (said === null) return noteIncludeRead(session.host, plan.base);
  const file = driverOf(config.proxy).file(plan);
  await restoreInclude(session.host, plan.base, `${configDir}/${file}`);
  throw new ShiplockError(
    `${session.host.name}: the managed proxy does not accept its configuration`,
    { hint: said, fault: 'remote' },
  );
}
