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
    `live: ${describeLive(live)}`,
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

function describeLive(live: Plan['live']): string {
  if (live === null) return 'nothing was released yet';
  const { slot, project, release } = live;
  if (slot !== 'adopted') return `${release.id} in ${slot}`;
  const names = release.services.map(({ name, replicas }) => `${name} × ${replicas}`).join(', ');
  return `${release.id}: what runs under docker compose as ${project} (${names})`;
}
