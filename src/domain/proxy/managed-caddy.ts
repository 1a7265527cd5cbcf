import { lookAtMarkers, tokenAnswer } from './caddy-include';
import type { IncludeRequest } from './driver';
import type { ManagedSites, SlotSite, Tls } from './site';

export type SitesRequest = ManagedSites &
  Pick<IncludeRequest, 'app' | 'environment' | 'token' | 'dir'>;

/** The one file that the managed Caddy starts with; it is the same for every app. */
export function managedCaddyfile(dir: string): string {
  return `# Written by Shiplock; changes made here do not last.
{
	skip_install_trust
}
# How a request reaches a slot. A kept connection would look like a visitor for ever, so none is kept. A name that cannot be looked up
# or a replica that takes no connection is tried again, because nothing of the request was sent yet: a question that Docker's resolver lost
# takes up dial_timeout. A reload for the routes of one app would close the WebSockets of all.
(shiplock_upstream) {
	lb_try_duration 8s
	lb_try_interval 100ms
	stream_close_delay 24h
	transport http {
		keepalive off
		dial_timeout 3s
	}
}
import ${dir}/*.caddy
`;
}

/** The sites of one app and environment. A host that a slot does not serve answers 404, what is not released yet 503. */
export function managedSites(request: SitesRequest): string {
  const { app, environment, slots } = request;
  const hosts = [...new Set([...slots.blue, ...slots.green].map(({ host }) => host))];
  const name = `shiplock_${app}_${environment}`;
  return `# Written by Shiplock for ${app}, ${environment}; changes made here do not last.
(${name}) {
${indented(lookAtMarkers(request, []) + tokenAnswer(request))}}
${hosts.map((host) => siteBlock(request, host, name)).join('')}`;
}

function siteBlock(request: SitesRequest, host: string | null, name: string): string {
  const { slots } = request;
  const handlers = (['blue', 'green'] as const).flatMap((slot) =>
    sorted(slots[slot].filter((site) => site.host === host)).map((site, index) =>
      handler(slot, site, index),
    ),
  );
  return `${addressOf(host, request.tls)} {
${indented(`${tlsLine(request, host)}import ${name}\nroute {\n${indented(handlers.join(''))}${indented(nothing)}}\n`)}}
`;
}

const nothing = `respond @shiplock_adopted "Nothing is released here yet" 503
respond "Not found" 404
`;

/** The longest path first: Caddy takes the first that fits. */
function sorted(sites: readonly SlotSite[]): readonly SlotSite[] {
  return [...sites].sort((one, other) => other.path.length - one.path.length);
}

function handler(
  slot: 'blue' | 'green',
  { path, strip, address }: SlotSite,
  index: number,
): string {
  const prefix = path.replace(/\/+$/, '');
  const matcher = `@${slot}_${index}`;
  const paths = prefix === '' ? '' : `\tpath ${prefix} ${prefix}/*\n`;
  const stripped = strip && prefix !== '' ? `\turi strip_prefix ${prefix}\n` : '';
  return `${matcher} {
	vars {shiplock_slot} ${slot}
${paths}}
handle ${matcher} {
${stripped}	reverse_proxy ${address} {
		import shiplock_upstream
	}
}
`;
}

/** The hosts that a file of ours serves; null = any. */
export function hostsIn(file: string): readonly (string | null)[] {
  const addresses = [...file.matchAll(/^https?:\/\/(\S*) \{$/gm)];
  return addresses.map(([, host = '']) => (host === '' ? null : host));
}

function addressOf(host: string | null, tls: Tls): string {
  return host === null || tls === 'off' ? `http://${host ?? ''}` : `https://${host}`;
}

function tlsLine({ tls, email }: SitesRequest, host: string | null): string {
  if (host === null || tls === 'off') return '';
  if (tls === 'internal') return 'tls internal\n';
  return email === null ? '' : `tls ${email}\n`;
}

/** Services of a release that want the same requests as one before them, and which that is. */
export function sameSites(
  sites: readonly Pick<SlotSite, 'service' | 'host' | 'path'>[],
): readonly { readonly service: string; readonly says: string }[] {
  const taken = new Map<string, string>();
  return sites.flatMap(({ service, host, path }) => {
    const key = `${host ?? ''} ${path.replace(/\/+$/, '')}`;
    const other = taken.get(key);
    taken.set(key, service);
    if (other === undefined) return [];
    const says = `wants the same requests as ${other}: host ${host ?? 'any'}, path ${path}`;
    return [{ service, says }];
  });
}

const indented = (text: string): string => text.replace(/^(?=.)/gm, '\t');
