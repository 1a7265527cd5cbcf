import type { HostKeyPins } from './ssh-host-keys';
import type { SshLogin } from './ssh-login';

export interface Destination {
  readonly user: string;
  readonly host: string;
  readonly port: number;
}

/** One login on the way to a server; the last hop is the server itself. */
export interface Hop {
  readonly destination: Destination;
  /** For messages: `deploy@app1:22`, `the jump host ops@bastion:22`, `deploy@app1:22 (through ops@bastion:22)`. */
  readonly name: string;
  /** The hop before it, as `user@host:port`; null when it is reached from here. */
  readonly before: string | null;
  readonly login: SshLogin;
  readonly pins: HostKeyPins;
  /** In milliseconds, for the way to it and again for the login there. */
  readonly timeoutMs: number;
}

/** `user@host:port`. */
export function loginOf({ user, host, port }: Destination): string {
  return `${user}@${addressOf({ host, port })}`;
}

/** `host:port`, an IPv6 address in brackets. */
export function addressOf({ host, port }: Pick<Destination, 'host' | 'port'>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
