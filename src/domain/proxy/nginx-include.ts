import type { Problem } from '../problem';
import { tokenPath, type IncludeRequest } from './driver';
import { markerPaths } from './markers';
import type { Route } from './routes';

/** In a container names are looked up at Docker's resolver; on the host slots have ports, and there is nothing to look up. */
export type NginxPlace = 'container' | 'host';

type Naming = Pick<IncludeRequest, 'app' | 'environment' | 'sharedBlock'>;

const word = (text: string): string => text.replaceAll(/[.-]/g, '_');

/**
 * The nginx variable that holds the live address of a service: `celery-beat` → `$shiplock_celery_beat`. Variables of one
 * server block know nothing of includes, so in a shared one they carry app and environment.
 */
export function nginxVariable(service: string, naming: Naming): string {
  const { app, environment, sharedBlock } = naming;
  return `$shiplock_${word(sharedBlock ? `${app}_${environment}_${service}` : service)}`;
}

/** The file that a team's server block includes. It looks at the markers at every request, so a switch needs no reload. */
export function nginxInclude(request: IncludeRequest, place: NginxPlace): string {
  const { app, environment, token, routes, dir } = request;
  const { markers } = markerPaths(dir, app, environment);
  const slot = nginxVariable('slot', request);
  return `# Written by Shiplock for ${app}, ${environment}; changes made here do not last.
${resolver(request, place)}set ${slot} blue;
if (-f ${markers}/green) { set ${slot} green; }
# Without this marker the containers from before the first release serve.
if (!-f ${markers}/managed) { set ${slot} adopted; }
${routes.map((route) => variableOf(route, nginxVariable(route.service, request), slot)).join('')}location = ${tokenPath(token)} {
  default_type application/json;
  add_header Cache-Control no-store;
  access_log off;
  alias ${markers}/${slot}.json;
}
`;
}

/**
 * Docker's resolver is asked again every 2 s, which is why a slot made anew rests a little before it gets traffic. nginx
 * refuses these lines twice in one block, which keeps two apps from taking each other's variables there.
 */
function resolver({ sharedBlock }: IncludeRequest, place: NginxPlace): string {
  if (sharedBlock) return '';
  // nginx repeats a lost question after 5 s: with less patience one lost packet, or an engine that stands still, fails visitors.
  const timeout = 'resolver_timeout 8s;\n';
  return place === 'host' ? timeout : `resolver 127.0.0.11 valid=2s ipv6=off;\n${timeout}`;
}

function variableOf({ at }: Route, variable: string, slot: string): string {
  return `set ${variable} ${at.blue};
if (${slot} = green) { set ${variable} ${at.green}; }
if (${slot} = adopted) { set ${variable} ${at.adopted}; }
`;
}

/** Routes that nginx could not tell apart, and folders it could not read. */
export function checkInclude(request: IncludeRequest): readonly Problem[] {
  const taken = new Map<string, string>([[nginxVariable('slot', request), 'the slot itself']]);
  const problems: Problem[] = [];
  for (const { service } of request.routes) {
    const variable = nginxVariable(service, request);
    const other = taken.get(variable);
    if (other !== undefined) {
      const says = `its nginx variable ${variable} is that of ${other}`;
      problems.push({ path: `release.${service}`, says, fix: 'rename the service' });
    }
    taken.set(variable, service);
  }
  if (!/^\/[\w./@+-]*$/.test(request.dir)) {
    const says = `${JSON.stringify(request.dir)} has characters that nginx would read as its own`;
    const fix = 'mount the folder at a path of letters, digits, ".", "_", "-"';
    problems.push({ path: 'proxy.config-dir', says, fix });
  }
  return problems;
}

/** nginx refuses a location that names a new route until the include knows it: the next include does. */
export function waitsForVariable(said: string, written: string, request: IncludeRequest): boolean {
  const unknown = /unknown "(shiplock_\w+)" variable/.exec(said)?.[1];
  if (unknown === undefined || written.includes(`set $${unknown} `)) return false;
  return request.routes.some(({ service }) => nginxVariable(service, request) === `$${unknown}`);
}
