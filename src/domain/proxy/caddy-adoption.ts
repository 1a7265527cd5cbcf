import { caddyPaths } from './caddy-check';
import { caddyInclude, caddyPlaceholder } from './caddy-include';
import type { AdoptionRequest } from './driver';

/** Where the folder goes when the team has not mounted it yet. */
const usualDir = '/etc/caddy/shiplock';

/** The steps that prepare a team's own Caddy, with the texts to copy, in the order in which it serves all the time. */
export function caddyAdoptionSteps(request: AdoptionRequest, caddyfile: string): string {
  const { app, environment, hostDir, routes } = request;
  const proxyService = request.proxyService ?? 'caddy';
  const dir = request.dir ?? usualDir;
  const { include } = caddyPaths(dir, app, environment);
  const file = caddyPaths(hostDir, app, environment);
  const exec = `docker compose exec ${proxyService} caddy`;
  const upstreams = routes.map(({ service }) => `reverse_proxy ${caddyPlaceholder(service)}`);
  const steps = [
    `Make the folder ${file.markers} and write this to ${file.include} on the host:\n\n${indented(caddyInclude({ ...request, dir }))}`,
    ...(request.dir === null ? [mountStep(hostDir, dir, proxyService)] : []),
    `In the site block that serves the app add:\n\n${indented(`import ${include}`)}\n\nand send requests on to these, instead of to the name of the service:\n\n${indented(upstreams.join('\n'))}`,
    `Let Caddy check it: ${exec} validate --config ${caddyfile} --adapter caddyfile`,
    `Reload it: ${exec} reload --config ${caddyfile} --adapter caddyfile`,
  ];
  return [
    'Prepare Caddy in this order, once:',
    ...steps.map((step, index) => `${index + 1}. ${step}`),
  ].join('\n');
}

function mountStep(hostDir: string, dir: string, proxyService: string): string {
  const volume = `    volumes:\n      - ${hostDir}:${dir}:ro`;
  return `In the compose file mount the folder (not a single file: it would keep showing its first state), then run docker compose up -d --no-deps ${proxyService}, which makes the proxy anew once:\n\n${indented(`${proxyService}:\n${volume}`)}`;
}

const indented = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `     ${line}`)
    .join('\n');
