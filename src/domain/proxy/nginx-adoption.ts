import { fileStep, inOrder, mountStep, shorterWay } from './adoption-steps';
import type { AdoptionRequest } from './driver';
import { markerPaths } from './markers';
import { nginxInclude, nginxVariable, type NginxPlace } from './nginx-include';

/** Where the folder goes when the team has not mounted it yet. */
export const usualDir = '/etc/nginx/shiplock';

/**
 * The steps that prepare nginx, with the texts to paste: the file, the mount and the lines, in the order in which nginx keeps
 * serving all the time (it does not start when an included file is missing).
 */
export function adoptionSteps(request: AdoptionRequest, place: NginxPlace): string {
  const { proxyService, dir: seen } = request;
  const dir = seen ?? usualDir;
  const unmounted = seen === null && proxyService !== null;
  const { include } = markerPaths(request.hostDir, request.app, request.environment);
  const steps = [
    fileStep(request, include, nginxInclude({ ...request, dir }, place)),
    ...(unmounted ? [mountStep(request, proxyService, usualDir)] : []),
    linesStep({ ...request, dir }, place),
    reloadStep(request),
  ];
  return inOrder('nginx', unmounted ? shorterWay(request, 'nginx', usualDir) : [], steps);
}

type SeenRequest = AdoptionRequest & { readonly dir: string };

function linesStep(request: SeenRequest, place: NginxPlace): string {
  const { app, environment, dir, routes, sharedBlock } = request;
  const { include } = markerPaths(dir, app, environment);
  const named = place === 'host' ? 'lead to the ports of the services' : 'name the services';
  const own = sharedBlock ? '' : ' (a resolver of your own in that block goes away)';
  const resolver =
    sharedBlock && place === 'container'
      ? ['resolver 127.0.0.11 valid=2s ipv6=off;  # once in this block, for all apps in it']
      : [];
  return [
    `Write these lines, the first one into the server block that serves the app, the others into its locations in place of those that ${named}${own}:\n`,
    `include ${include};`,
    ...resolver,
    ...routes.map(({ service }) => `proxy_pass http://${nginxVariable(service, request)};`),
  ].join('\n');
}

function reloadStep({ project, proxyService, typed }: AdoptionRequest): string {
  const nginx =
    proxyService === null
      ? ['sudo', 'nginx']
      : ['docker', 'compose', '-p', project, 'exec', '-T', proxyService, 'nginx'];
  return `Let nginx check them, and read them:\n\n${typed([...nginx, '-t'])} && ${typed([...nginx, '-s', 'reload'])}`;
}
