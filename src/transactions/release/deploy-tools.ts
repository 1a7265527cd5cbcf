import type { Config } from '../../config/config';
import type { HostAddress } from '../../config/host-address';
import type { LoggedStep } from '../../report/log-lines';
import type { Clock } from '../../platform/clock';
import type { Engine } from '../../platform/docker-api/docker-api';
import type { Host } from '../../platform/host';
import type { PackFiles, PackedFile } from '../../platform/tar';

/** A server we are connected to: one SSH connection, and its Docker API over a channel of it. */
export interface Session {
  readonly host: Host;
  readonly engine: Engine;
  close(): Promise<void>;
}

/** The outside world as a release sees it; every part is real in an action and in the demo. */
export interface DeployTools {
  /** `through`: the servers to go through on the way, the first one first. */
  connect(
    address: HostAddress,
    docker: readonly string[],
    through: readonly HostAddress[],
  ): Promise<Session>;
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

/** A file or folder of the repository that goes along with a release, with all that is in it. */
export interface SentFile {
  readonly path: string;
  readonly files: readonly PackedFile[];
}

/** What deploy and rollback are both asked. */
export interface ReleaseRequest {
  readonly config: Config;
  readonly facts: RunFacts;
  readonly env: Readonly<Record<string, string>>;
  readonly dryRun: boolean;
  /** Called once the keeper runs, with its container: from here on another process can find it. */
  readonly onKeeper: (container: string) => void;
}

/** One host of a release: who is asked, over which connection, for what. */
export interface HostRun {
  readonly address: HostAddress;
  readonly session: Session;
  readonly tools: DeployTools;
  readonly config: Config;
  readonly facts: RunFacts;
}
