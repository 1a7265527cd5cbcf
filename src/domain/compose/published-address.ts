import type { ComposeService } from './compose-config';

/** Where the host reaches a port that the team's own container publishes, `127.0.0.1:8000`; null when it publishes none. */
export function publishedAddress(service: ComposeService | undefined, port: number): string | null {
  const found = (service?.ports ?? []).find(
    ({ target, published, protocol = 'tcp' }) =>
      target === port && protocol === 'tcp' && /^\d+$/.test(String(published)),
  );
  if (found === undefined) return null;
  const { host_ip: address } = found;
  const host = typeof address === 'string' && !anywhere.includes(address) ? address : '127.0.0.1';
  return `${host}:${found.published ?? ''}`;
}

const anywhere = ['', '0.0.0.0', '::'];
