import type { Plan } from '../domain/records/plan';
import type { Draft } from './draft-release';
import { missingShared, type Preflight } from './preflight';

/** What a run would do on one host, line by line; nothing of it was done. */
export function describePlan(
  before: Preflight,
  plan: Plan,
  draft: Draft | null,
): readonly string[] {
  const { target, live } = plan;
  const missing = missingShared(before);
  return [
    `live: ${live === null ? 'nothing was released yet' : `${live.release.id} in ${live.slot}`}`,
    `records: ${plan.base}`,
    ...target.release.services.map(
      ({ name, image, replicas }) =>
        `pull and start in ${target.slot}: ${name} × ${replicas}, ${image}`,
    ),
    ...(draft?.slot.tasks ?? []).map(({ task }) => `run once before: ${task}`),
    ...(missing.length === 0
      ? []
      : [`start shared services that do not run: ${missing.join(', ')}`]),
    `switch: ${plan.proxy.markers} to ${target.slot}, confirmed through ${plan.proxy.confirmUrl}`,
    ...plan.verify.map(({ url }) => `check through the route: ${url}`),
    `bake ${plan.bakeMs / 1000} s, drain up to ${plan.drainMs / 1000} s, then ${live === null ? 'nothing to stop' : plan.keepOld === 'running' ? `keep ${live.slot} running` : `stop ${live.slot}`}`,
    `configuration: ${live === null ? 'new' : live.release.configHash === target.release.configHash ? 'unchanged' : 'changed'} (keyed hash ${target.release.configHash.slice(0, 12)})`,
    ...(draft?.slot.notes ?? []).map((note) => `left out: ${note}`),
  ];
}
