import type { Problem } from '../problem';
import type { SlotName } from '../records/release';
import { tokenPath } from './nginx-include';

/** A released service that the proxy sends requests to: its address in each slot, `host:port`. */
export interface Route {
  readonly service: string;
  readonly at: Readonly<Record<SlotName, string>>;
}

export interface IncludeRequest {
  readonly app: string;
  readonly environment: string;
  /** Makes the confirmation's path impossible to guess. */
  readonly token: string;
  readonly routes: readonly Route[];
  /** The folder of the include and the markers as the proxy sees it. */
  readonly dir: string;
}

/** The placeholder that holds the live address of a service: `celery-beat` → `{vars.shiplock_celery_beat}`. */
export function caddyVariable(service: string): string {
  return `{vars.${variableName(service)}}`;
}

/** The same as Caddy's JSON spells it. */
export function adaptedVariable(service: string): string {
  return `{http.vars.${variableName(service)}}`;
}

const variableName = (service: string): string => `shiplock_${service.replaceAll(/[.-]/g, '_')}`;

/**
 * The file that a team's site block imports. Caddy looks at the markers at every request, each of them once, so a switch needs
 * no reload and two services cannot disagree.
 */
export function caddyInclude(request: IncludeRequest): string {
  const { app, environment } = request;
  return `# Written by Shiplock for ${app}, ${environment}; changes made here do not last.
${slotMatchers(request)}${slotVariables('', 'blue', request.routes)}${slotVariables(
    '@shiplock_green ',
    'green',
    request.routes,
  )}${slotVariables('@shiplock_adopted ', 'adopted', request.routes)}${tokenAnswer(request)}`;
}

/** What it takes to find the markers. */
type Place = Pick<IncludeRequest, 'app' | 'environment' | 'dir'>;

const markersOf = ({ dir, app, environment }: Place): string => `${dir}/${app}-${environment}`;

/** Named matchers of the two markers; in a site block, ahead of what uses them. */
export function slotMatchers(request: Place): string {
  const markers = markersOf(request);
  return `@shiplock_green file {
	root ${markers}
	try_files /green
}
# Without this marker the containers from before the first release serve.
@shiplock_adopted not file {
	root ${markers}
	try_files /managed
}
`;
}

/** The variables that hold when `matcher` does; Caddy lets a later one win. */
export function slotVariables(
  matcher: string,
  slot: SlotName,
  routes: readonly Pick<Route, 'service' | 'at'>[],
): string {
  const lines = routes.map(({ service, at }) => `	${variableName(service)} ${at[slot]}\n`);
  return `vars ${matcher}{\n	shiplock_slot ${slot}\n${lines.join('')}}\n`;
}

/** Answers the path of the confirmation with the slot and the release that serve. */
export function tokenAnswer(request: Place & Pick<IncludeRequest, 'token'>): string {
  return `handle ${tokenPath(request.token)} {
	root * ${markersOf(request)}
	rewrite * /{vars.shiplock_slot}.json
	header Cache-Control no-store
	file_server
}
`;
}

/** Routes that Caddy could not tell apart, and folders it could not read. */
export function checkCaddyInclude({ routes, dir }: IncludeRequest): readonly Problem[] {
  const taken = new Map<string, string>([['shiplock_slot', 'the slot itself']]);
  const problems: Problem[] = [];
  for (const { service } of routes) {
    const variable = variableName(service);
    const other = taken.get(variable);
    if (other !== undefined) {
      const says = `its Caddy variable ${variable} is that of ${other}`;
      problems.push({ path: `release.${service}`, says, fix: 'rename the service' });
    }
    taken.set(variable, service);
  }
  if (!/^\/[\w./@+-]*$/.test(dir)) {
    const says = `${JSON.stringify(dir)} has characters that Caddy would read as its own`;
    const fix = 'mount the folder at a path of letters, digits, ".", "_", "-"';
    problems.push({ path: 'proxy.config-dir', says, fix });
  }
  return problems;
}
