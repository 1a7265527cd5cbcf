import type { NodeSSH } from 'node-ssh';
import { ShiplockError } from '../../errors';
import { readPins } from './known-hosts';
import { logIn } from './ssh-connect';
import { loginOf } from './ssh-hop';
import type { Destination, Hop } from './ssh-hop';
import type { HostKeyPins } from './ssh-host-keys';
import { readLogin } from './ssh-login';
import type { Identity, SshLogin } from './ssh-login';

export interface SshOptions extends Identity {
  readonly destination: Destination;
  /** The hosts to go through, the first one first. */
  readonly jumps?: readonly Destination[] | undefined;
  /** What to log in to them with; default: the same as to the destination. */
  readonly jumpIdentity?: Identity | undefined;
  /**
   * known_hosts lines, `SHA256:…` fingerprints (alone, after a host name, or as ssh-keygen -l prints them), .pub lines. Each
   * hop has its own; on the way through jump hosts every line must name its host.
   */
  readonly knownHosts: readonly string[];
  /** From the first packet to the end of the login, for each hop; default 20 000. */
  readonly readyTimeoutMs?: number | undefined;
}

/** A server we are logged in to. */
export interface Route {
  readonly ssh: NodeSSH;
  /** Ends the connections to the jump hosts; the last one is ended first. */
  leave(): void;
}

/** Logs in to one hop after the other, each with a pinned host key of its own. */
export async function openRoute(options: SshOptions): Promise<Route> {
  const hops = await readHops(options);
  const opened: NodeSSH[] = [];
  const leave = (): void => {
    for (const ssh of opened.splice(0).reverse()) ssh.dispose();
  };
  try {
    for (const hop of hops) opened.push(await logIn(hop, opened.at(-1)?.connection ?? null));
  } catch (thrown) {
    leave();
    throw thrown;
  }
  const ssh = opened.pop() as NodeSSH;
  return { ssh, leave };
}

/** Keys and pins of all hops are read before the first packet is sent, and everything wrong with them is told at once. */
async function readHops(options: SshOptions): Promise<readonly Hop[]> {
  const { destination, jumps = [], jumpIdentity = options, knownHosts } = options;
  const problems: unknown[] = [];
  const tried = async <T>(read: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (thrown) {
      problems.push(thrown);
      return undefined;
    }
  };
  const login = await tried(() => readLogin(options));
  const jumpLogin =
    jumps.length === 0 || jumpIdentity === options
      ? login
      : await tried(() => readLogin(jumpIdentity));
  const pins: (HostKeyPins | undefined)[] = [];
  for (const each of [...jumps, destination]) {
    pins.push(await tried(() => readPins(knownHosts, each, { named: jumps.length > 0 })));
  }
  if (problems.length > 0 || !login || !jumpLogin) throw together(problems);
  return hopsOf(options, (index) => ({
    login: index < jumps.length ? jumpLogin : login,
    pins: pins[index] as HostKeyPins,
  }));
}

function hopsOf(
  { destination, jumps = [], readyTimeoutMs: timeoutMs = 20_000 }: SshOptions,
  credentials: (index: number) => { readonly login: SshLogin; readonly pins: HostKeyPins },
): readonly Hop[] {
  const before = (index: number): string | null => {
    const jump = jumps[index - 1];
    return jump === undefined ? null : loginOf(jump);
  };
  const last = before(jumps.length);
  const through = last === null ? '' : ` (through ${last})`;
  return [
    ...jumps.map((jump, index) => ({
      ...credentials(index),
      destination: jump,
      name: `the jump host ${loginOf(jump)}`,
      before: before(index),
      timeoutMs,
    })),
    {
      ...credentials(jumps.length),
      destination,
      name: `${loginOf(destination)}${through}`,
      before: last,
      timeoutMs,
    },
  ];
}

/** One error for several; the same problem of two hops is told once. */
function together(thrown: readonly unknown[]): unknown {
  const errors = thrown.filter((each) => each instanceof ShiplockError);
  const messages = [...new Set(errors.map(({ message }) => message))];
  if (messages.length < 2 || errors.length < thrown.length) return thrown[0];
  const hints = [...new Set(errors.flatMap(({ hint }) => hint ?? []))];
  return new ShiplockError(messages.join('\n'), {
    hint: hints.join('\n'),
    fault: 'user',
    verdict: 'refused',
  });
}
