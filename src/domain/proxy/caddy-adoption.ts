import { fileStep, inOrder, mountStep, shorterWay } from './adoption-steps';
import { caddyPaths } from './caddy-check';
import { caddyInclude, caddyPlaceholder } from './caddy-include';
import type { AdoptionRequest } from './driver';

/** Where the folder goes when the team has not mounted it yet. */
export const usualCaddyDir = '/etc/caddy/shiplock';

/**
 * The steps that prepare a team's own Caddy, with the texts to paste, in the order in which it serves all the time (it does not load
 * a configuration that imports a missing file). @param options of `caddy` that name the Caddyfile
 */
export function caddyAdoptionSteps(request: AdoptionRequest, options: readonly string[]): string {
  const { app, environment, hostDir, proxyService, dir: seen } = request;
  const dir = seen ?? usualCaddyDir;
  const service = proxyService ?? 'caddy';
  const file = caddyPaths(hostDir, app, environment).include;
  const steps = [
    fileStep(request, file, caddyInclude({ ...request, dir })),
    ...(seen === null ? [mountStep(request, service, usualCaddyDir)] : []),
    linesStep(request, caddyPaths(dir, app, environment).include),
    reloadStep(request, service, options),
  ];
  const first = seen === null ? shorterWay(request, 'Caddy', usualCaddyDir) : [];
  return inOrder('Caddy', first, steps);
}

function linesStep({ routes, mounts }: AdoptionRequest, include: string): string {
  const single = mounts.find(({ destination }) => destination.endsWith('/Caddyfile'));
  const inPlace =
    single === undefined
      ? []
      : [
          `\n${single.source} is mounted as a single file: change it in place. What puts a new file there, as git and many editors do, leaves Caddy with the old one until its container is restarted.`,
        ];
  return [
    'Write these lines, the first one into the site block that serves the app, the others in place of those that name the services:\n',
    `import ${include}`,
    ...routes.map(({ service }) => reverseProxy(service)),
    ...inPlace,
  ].join('\n');
}

/** A question that Docker's resolver lost takes 3 s, a container's start less: without another try either is a 502. */
const reverseProxy = (service: string): string =>
  `reverse_proxy ${caddyPlaceholder(service)} {\n\tlb_try_duration 8s\n}`;

function reloadStep(
  { project, typed }: AdoptionRequest,
  service: string,
  options: readonly string[],
): string {
  const caddy = ['docker', 'compose', '-p', project, 'exec', '-T', service, 'caddy'];
  const run = (command: string): string => typed([...caddy, command, ...options]);
  return `Let Caddy check them, and read them:\n\n${run('validate')} && ${run('reload')}`;
}
