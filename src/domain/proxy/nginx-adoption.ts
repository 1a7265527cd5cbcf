import { markerPaths } from './markers';
import { nginxInclude, nginxVariable, type IncludeRequest } from './nginx-include';

export interface AdoptionRequest extends Omit<IncludeRequest, 'containerDir'> {
  /** Compose service of the proxy. */
  readonly proxyService: string;
  /** The folder on the host that holds, or is to hold, the include and the markers. */
  readonly hostDir: string;
  /** Where the proxy sees that folder; null when it is not mounted. */
  readonly containerDir: string | null;
}

/** Where the folder goes when the team has not mounted it yet. */
const usualDir = '/etc/nginx/shiplock';

/**
 * The steps that prepare nginx, with the texts to copy: the file, the mount and the lines, in the order in which nginx keeps
 * serving all the time (it does not start when an included file is missing).
 */
export function adoptionSteps(request: AdoptionRequest): string {
  const { app, environment, hostDir, proxyService, routes } = request;
  const containerDir = request.containerDir ?? usualDir;
  const { include } = markerPaths(containerDir, app, environment);
  const file = markerPaths(hostDir, app, environment);
  const steps = [
    `Make the folder ${file.markers} and write this to ${file.include} on the host:\n\n${indented(nginxInclude({ ...request, containerDir }))}`,
    ...(request.containerDir === null ? [mountStep(hostDir, containerDir, proxyService)] : []),
    `In the server block that serves the app add:\n\n${indented(`include ${include};`)}\n\nand in its locations, instead of the name of the service (and without a resolver of your own in that block):\n\n${indented(
      routes.map(({ service }) => `proxy_pass http://${nginxVariable(service)};`).join('\n'),
    )}`,
    `Let nginx check it: docker compose exec ${proxyService} nginx -t`,
    `Reload it: docker compose exec ${proxyService} nginx -s reload`,
  ];
  return [
    'Prepare nginx in this order, once:',
    ...steps.map((step, index) => `${index + 1}. ${step}`),
  ].join('\n');
}

function mountStep(hostDir: string, containerDir: string, proxyService: string): string {
  const volume = `    volumes:\n      - ${hostDir}:${containerDir}:ro`;
  return `In the compose file mount the folder (not a single file: it would keep showing its first state), then run docker compose up -d --no-deps ${proxyService}, which makes the proxy anew once:\n\n${indented(`${proxyService}:\n${volume}`)}`;
}

const indented = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `     ${line}`)
    .join('\n');
