const hub = 'docker.io';
const loopback = /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::\d+)?$/;

/** Where a registry's API is: HTTPS, and plain HTTP on this machine alone. */
export function registryOrigin(registry: string): string {
  if (registry === hub) return 'https://registry-1.docker.io';
  return `${loopback.test(registry) ? 'http' : 'https'}://${registry.toLowerCase()}`;
}

/** Whether something may be sent on from one address to another: never from HTTPS to plain HTTP. */
export function keepsSafe(from: URL, to: URL): boolean {
  return to.protocol === 'https:' || (from.protocol === 'http:' && to.protocol === 'http:');
}
