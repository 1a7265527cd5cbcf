import type { Problem } from '../problem';
import type { ManagedSites } from './site';
import type { Mount } from './mounted-path';
import type { Route } from './routes';

/** What a proxy is to be told. */
export interface IncludeRequest {
  readonly app: string;
  readonly environment: string;
  /** Makes the confirmation's path impossible to guess. */
  readonly token: string;
  readonly routes: readonly Route[];
  /** The folder of the include and the markers as the proxy sees it. */
  readonly dir: string;
  /** Other apps are included in the same block of the proxy's configuration. */
  readonly sharedBlock: boolean;
  /** The proxy is of another stack: plain names in other blocks may mean the services of other apps. Default false. */
  readonly outside?: boolean;
  /** What the managed proxy is to serve; other proxies have their own configuration. */
  readonly managed?: ManagedSites | undefined;
}

/** A proxy that is not prepared yet, and what a person has to know who prepares it. */
export interface AdoptionRequest extends Omit<IncludeRequest, 'dir'> {
  /** Compose project of the stack, its folder on the host, and its service that is the proxy; null = it runs on the host. */
  readonly project: string;
  readonly directory: string;
  readonly proxyService: string | null;
  /** What the compose file mounts into the proxy. */
  readonly mounts: readonly Mount[];
  /** The folder on the host that holds, or is to hold, the include and the markers. */
  readonly hostDir: string;
  /** Where the proxy sees that folder; null when it is not mounted. */
  readonly dir: string | null;
  /** The user of the deploys on the host. */
  readonly user: string;
  /** A command as people type it in a shell. */
  readonly typed: (argv: readonly string[]) => string;
}

/** One kind of proxy: its texts, and how its configuration is read and judged. Where it runs is no business of its driver. */
export interface ProxyDriver {
  /** Prints the whole configuration as it lies on the disk; fails when the proxy would not accept it. */
  readonly dump: readonly string[];
  /** What a person runs to see whether the configuration is good. */
  readonly check: readonly string[];
  /** Lets the running proxy read its configuration again. */
  readonly reload: readonly string[];
  /** It keeps connections to a slot open when no request needs them: the end of all visits cannot be seen. */
  readonly keepsConnections: boolean;
  /** Where the folder goes in its container when the team has not mounted it yet. */
  readonly usualDir: string;
  /** How long it may still know the address that a name had before, in milliseconds. */
  readonly forgetMs: number;
  /** The name of our file in the proxy's folder; the markers lie beside it, in a folder of that name without the extension. */
  file(names: Pick<IncludeRequest, 'app' | 'environment'>): string;
  /** The file that looks at the markers at each request. */
  include(request: IncludeRequest): string;
  /** Routes that the proxy could not tell apart, and folders that it could not read. */
  checkInclude(request: IncludeRequest): readonly Problem[];
  /**
   * What in a dump would keep a switch from working, or the proxy from starting once only slots run.
   * @param services the released ones that must be routed to
   */
  findProblems(
    dump: string,
    request: IncludeRequest,
    services: readonly string[],
  ): readonly Problem[];
  /** Whether a refused configuration only waits for what the next include brings. */
  waitsForInclude(said: string, written: string, request: IncludeRequest): boolean;
  /** The steps for a person that prepare the proxy, with the texts to copy. */
  adoption(request: AdoptionRequest): string;
}

/** The path that answers which slot and release serve. */
export function tokenPath(token: string): string {
  return `/.well-known/shiplock-${token}`;
}

/** The token of an include that we wrote; null when there is none. */
export function tokenIn(include: string | null): string | null {
  return /\/\.well-known\/shiplock-([0-9a-f]{16,})/.exec(include ?? '')?.[1] ?? null;
}
