import type { HostAddress } from '../config/host-address';
import type { LoggedStep } from '../report/log-lines';
import type { Clock } from '../platform/clock';
import type { Engine } from '../platform/docker-api';
import type { Host } from '../platform/host';
import type { PackFiles } from '../platform/tar';

/** A server we are connected to: one SSH connection, and its Docker API over a channel of it. */
export interface Session {
  readonly host: Host;
  readonly engine: Engine;
  close(): Promise<void>;
}

/** The outside world as a release sees it; every part is real in an action and in the demo. */
export interface DeployTools {
  connect(address: HostAddress, docker: readonly string[]): Promise<Session>;
  readonly pack: PackFiles;
  /** SHA-256 in hex; with a key it is an HMAC. */
  hash(text: string, key?: string): string;
  /** Hex text that nobody can guess. */
  random(bytes: number): string;
  readonly clock: Clock;
  /** The keeper's bundle. */
  readKeeper(): Promise<{ readonly text: string; readonly hash: string }>;
  /** One line of the live log. */
  tell(step: LoggedStep): void;
  readonly signal: AbortSignal;
}

/** Who asks, and with which rights. */
export interface RunFacts {
  readonly url: string;
  readonly actor: string;
  readonly attempt: number;
  readonly docker: readonly string[];
  readonly keeperImage: string;
  /** For the registry that the released images come from, and for no other. */
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
}
