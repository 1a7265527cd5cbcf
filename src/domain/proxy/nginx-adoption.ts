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
  const steps = [
    fileStep({ ...request, dir }, place),
    ...(unmounted ? [mountStep(request, proxyService)] : []),
    linesStep({ ...request, dir }, place),
    reloadStep(request),
  ];
  return [
    'Prepare nginx once, in this order; it goes on serving all the time. Then run again.',
    ...(unmounted ? shorterWay(request) : []),
    ...steps.map((step, index) => `${index + 1}. ${step}`),
  ].join('\n\n');
}

type SeenRequest = AdoptionRequest & { readonly dir: string };

function fileStep(request: SeenRequest, place: NginxPlace): string {
  const { app, environment, hostDir, user, typed } = request;
  const { include } = markerPaths(hostDir, app, environment);
  return [
    `On the server, as ${user}, paste this. It writes a file that nothing reads yet:\n`,
    typed(['mkdir', '-p', hostDir]),
    `cat > ${typed([include])} <<'END'`,
    `${nginxInclude(request, place)}END`,
  ].join('\n');
}

function mountStep(
  { directory, hostDir, project, typed }: AdoptionRequest,
  proxyService: string,
): string {
  const up = ['docker', 'compose', '-p', project, 'up', '-d', '--no-deps', proxyService];
  return [
    'In the compose file, on the server and in the repository, mount the folder (not a single file: it would keep showing its first state):\n',
    `services:\n  ${proxyService}:\n    volumes:\n      - ${relativeTo(directory, hostDir)}:${usualDir}:ro\n`,
    '   and let Compose make the proxy anew, which breaks connections for a moment, once:\n',
    `${typed(['cd', directory])} && ${typed(up)}`,
  ].join('\n');
}

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

/** A new mount makes the proxy anew; a folder inside one that is there does not. */
function shorterWay({ mounts, directory }: AdoptionRequest): string[] {
  const mounted = mounts.find(({ destination }) => looksLikeFolder(destination));
  if (mounted === undefined) return [];
  const dir = relativeTo(directory, `${mounted.source.replace(/\/+$/, '')}/shiplock`);
  return [
    `The shorter way: nginx sees ${mounted.source} already, as ${mounted.destination}. Write config-dir: ${dir.replace(/^\.\//, '')} under proxy in shiplock.yml and run again: the steps are told for that folder then, without a mount and without making nginx anew.`,
  ];
}

/** A mounted file has an ending of its kind; `conf.d` is a folder's. */
function looksLikeFolder(path: string): boolean {
  return path.startsWith('/etc/nginx/') && !/\.(?!d$)\w+$/.test(path.replace(/\/+$/, ''));
}

function relativeTo(directory: string, path: string): string {
  const inside = `${directory.replace(/\/+$/, '')}/`;
  return path.startsWith(inside) ? `./${path.slice(inside.length)}` : path;
}
