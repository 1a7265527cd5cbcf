import type { Problem } from '../problem';
import type { ComposeConfig } from './compose-config';

/** The team's stack as it runs on the host. */
export interface RunningStack {
  readonly project: string;
  readonly containers: readonly {
    readonly service: string;
    /** Named volumes and where the container sees them. */
    readonly volumes: readonly { readonly name: string; readonly destination: string }[];
  }[];
}

/**
 * Refuses a project or volume name that differs from what runs: Compose would start the same services anew, beside the old
 * ones, with empty volumes. Nothing running means nothing to differ from.
 */
export function checkStackNames(
  compose: ComposeConfig,
  running: RunningStack | null,
): readonly Problem[] {
  if (running === null) return [];
  if (compose.name !== running.project) {
    const says = `is ${compose.name}, but the stack runs as ${running.project}; its volumes would start empty`;
    return [{ path: 'project', says, fix: `set project: ${running.project} in shiplock.yml` }];
  }
  const seen = new Set<string>();
  return running.containers
    .flatMap(({ service, volumes }) =>
      volumes.flatMap((volume) => volumeProblem(compose, service, volume)),
    )
    .filter(({ path, says }) => !seen.has(path + says) && seen.add(path + says));
}

function volumeProblem(
  compose: ComposeConfig,
  service: string,
  { name, destination }: { readonly name: string; readonly destination: string },
): readonly Problem[] {
  const mounts = compose.services[service]?.volumes ?? [];
  const mount = mounts.find(({ target }) => target.replace(/\/$/, '') === destination);
  if (mount?.type !== 'volume' || mount.source === undefined) return [];
  const declared = compose.volumes[mount.source]?.name ?? `${compose.name}_${mount.source}`;
  if (declared === name) return [];
  return [
    {
      path: `services.${service}.volumes`,
      says: `${destination} is the volume ${name} now and would become ${declared}, which starts empty`,
      fix: `set name: ${name} under volumes.${mount.source} in the compose file`,
    },
  ];
}
