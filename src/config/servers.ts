import type { Report } from './checks';
import type { ConfigOverrides } from './config';
import { parseHostAddress, parseJumps, type HostAddress } from './host-address';
import type { MergedConfig } from './schema';

type Reach = Pick<MergedConfig, 'hosts' | 'proxy-jump'>;

/** The servers of an environment; the input wins over the file. */
export function hostsOf(
  merged: Reach,
  environment: string,
  overrides: ConfigOverrides,
  report: Report,
): readonly HostAddress[] {
  const given = overrides.hosts ?? [];
  const own = typeof merged.hosts === 'string' ? [merged.hosts] : (merged.hosts ?? []);
  const texts = given.length > 0 ? given : own;
  if (texts.length === 0) {
    const fix = 'list servers as [user@]host[:port] there or in the input hosts';
    report(['environments', environment, 'hosts'], 'names no server', fix);
  }
  return texts.flatMap((text, index) => {
    const path = given.length > 0 ? ['input hosts', index] : ['hosts', index];
    const address = parseHostAddress(text);
    const twice = texts.indexOf(text) < index;
    if (address === undefined) {
      const fix = 'write [user@]host[:port], an IPv6 address in brackets';
      report(path, `${JSON.stringify(text)} is no server`, fix);
    } else if (twice) {
      report(path, `${JSON.stringify(text)} is listed twice`, 'list it once');
    }
    return address === undefined ? [] : [address];
  });
}

/** The servers on the way to them; empty when they are reached from here. */
export function proxyJumpOf(
  merged: Reach,
  overrides: ConfigOverrides,
  report: Report,
): readonly HostAddress[] {
  const text = overrides.proxyJump ?? merged['proxy-jump'];
  if (text === undefined) return [];
  const path = overrides.proxyJump === undefined ? ['proxy-jump'] : ['input proxy-jump'];
  const jumps = parseJumps(text);
  const fix = 'write user@host[:port], several with commas between, an IPv6 address in brackets';
  if (jumps === undefined) report(path, `${JSON.stringify(text)} names no jump host`, fix);
  else if (jumps.some(({ user }) => user === null)) {
    report(path, `${JSON.stringify(text)} names a jump host without its user`, fix);
  }
  return jumps ?? [];
}
