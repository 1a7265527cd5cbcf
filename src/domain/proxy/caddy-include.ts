import type { Problem } from '../problem';
import type { SlotName } from '../records/release';
import { tokenPath, type IncludeRequest } from './driver';
import type { Route } from './routes';

/** The placeholder that holds the live address of a service: `celery-beat` → `{shiplock_celery_beat}`. */
export function caddyPlaceholder(service: string): string {
  return `{shiplock_${service.replaceAll(/[.-]/g, '_')}}`;
}

/**
 * The file that a team's site block imports. Caddy looks at the markers at every request, each of them once, so a switch needs
 * no reload and two services cannot disagree.
 */
export function caddyInclude(request: IncludeRequest): string {
  const { app, environment, routes } = request;
  return `# Written by Shiplock for ${app}, ${environment}; changes made here do not last.
${lookAtMarkers(request, routes)}${tokenAnswer(request)}`;
}

/** What it takes to find the markers. */
type Place = Pick<IncludeRequest, 'app' | 'environment' | 'dir'>;

const markersOf = ({ dir, app, environment }: Place): string => `${dir}/${app}-${environment}`;

/**
 * Lines of a site block that set `{shiplock_slot}` and the address of each service. The two conditional variables are different
 * ones, because versions of Caddy differ in the order of those.
 */
export function lookAtMarkers(place: Place, routes: readonly Route[]): string {
  const row = (input: string, slot: SlotName): string =>
    `	${[input, slot, ...routes.map(({ at }) => at[slot])].join(' ')}\n`;
  const names = routes.map(({ service }) => caddyPlaceholder(service));
  return `@shiplock_green file {
	root ${markersOf(place)}
	try_files /green
}
# Without this marker the containers from before the first release serve.
@shiplock_adopted not file {
	root ${markersOf(place)}
	try_files /managed
}
vars shiplock_colour blue
vars @shiplock_green shiplock_colour green
vars @shiplock_adopted shiplock_before adopted-
map {vars.shiplock_before}{vars.shiplock_colour} ${['{shiplock_slot}', ...names].join(' ')} {
${row('blue', 'blue')}${row('green', 'green')}${row('default', 'adopted')}}
`;
}

/** Answers the path of the confirmation with the slot and the release that serve. */
export function tokenAnswer(request: Place & Pick<IncludeRequest, 'token'>): string {
  return `handle ${tokenPath(request.token)} {
	root * ${markersOf(request)}
	rewrite * /{shiplock_slot}.json
	header Cache-Control no-store
	file_server
}
`;
}

/** Routes that Caddy could not tell apart, and folders it could not read. */
export function checkCaddyInclude({ routes, dir }: IncludeRequest): readonly Problem[] {
  const taken = new Map<string, string>([['{shiplock_slot}', 'the slot itself']]);
  const problems: Problem[] = [];
  for (const { service } of routes) {
    const name = caddyPlaceholder(service);
    const other = taken.get(name);
    if (other !== undefined) {
      const says = `its Caddy placeholder ${name} is that of ${other}`;
      problems.push({ path: `release.${service}`, says, fix: 'rename the service' });
    }
    taken.set(name, service);
  }
  if (!/^\/[\w./@+-]*$/.test(dir)) {
    const says = `${JSON.stringify(dir)} has characters that Caddy would read as its own`;
    const fix = 'mount the folder at a path of letters, digits, ".", "_", "-"';
    problems.push({ path: 'proxy.config-dir', says, fix });
  }
  return problems;
}
