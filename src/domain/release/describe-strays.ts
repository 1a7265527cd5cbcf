import type { PlacedRelease } from '../records/plan';
import type { PlainReplica } from './adopted-release';

/**
 * What runs under plain Compose beside a release of ours, because somebody ran `docker compose up`; in words, or null.
 * Before the first release and after a return to what ran then, the same containers are what serves.
 */
export function describeStrays(
  plain: readonly PlainReplica[],
  live: PlacedRelease | null,
  stack: {
    readonly project: string;
    readonly services: readonly { readonly name: string; readonly port: number | null }[];
    /** What visitors came to before the first release is kept warm, as asked for. */
    readonly warm: boolean;
  },
): string | null {
  if (live === null || live.slot === 'adopted') return null;
  const { project, services, warm } = stack;
  const astray = services.filter(
    ({ name, port }) => plain.some(({ service }) => service === name) && !(warm && port !== null),
  );
  if (astray.length === 0) return null;
  const named = (one: readonly { readonly name: string }[], joint = ', '): string =>
    one.map(({ name }) => name).join(joint);
  const workers = astray.filter(({ port }) => port === null);
  const routed = astray.filter(({ port }) => port !== null);
  return [
    `${named(astray)} run${astray.length === 1 ? 's' : ''} under plain docker compose (project ${project}) beside ${live.release.id}`,
    ...(workers.length === 0
      ? []
      : [
          `${named(workers)} would take jobs with another version and is stopped, unless this run goes back to it`,
        ]),
    ...(routed.length === 0
      ? []
      : [
          `${named(routed)} gets no requests; stop it: docker compose -p ${project} stop ${named(routed, ' ')}`,
        ]),
  ].join('; ');
}
