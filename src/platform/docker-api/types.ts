import type { Duplex } from 'node:stream';

export interface ContainerSummary {
  readonly id: string;
  /** Without the leading slash. */
  readonly names: readonly string[];
  readonly image: string;
  readonly imageId: string;
  readonly labels: Readonly<Record<string, string>>;
  /** created, running, paused, restarting, removing, exited or dead. */
  readonly state: string;
  readonly status: string;
  /** IPv4 address by network name; '' while the container is not running. */
  readonly networks: Readonly<Record<string, string>>;
}

export interface HealthEntry {
  readonly start: string;
  readonly end: string;
  readonly exitCode: number;
  readonly output: string;
}

export interface ContainerHealth {
  /** none, starting, healthy or unhealthy. */
  readonly status: string;
  readonly failingStreak: number;
  readonly log: readonly HealthEntry[];
}

export interface ContainerState {
  readonly status: string;
  readonly running: boolean;
  readonly pid: number;
  readonly exitCode: number;
  readonly error: string;
  readonly oomKilled: boolean;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Absent when the container has no health check. */
  readonly health: ContainerHealth | undefined;
}

export interface ContainerMount {
  /** bind, volume or tmpfs. */
  readonly type: string;
  readonly name: string;
  readonly source: string;
  readonly destination: string;
  readonly readOnly: boolean;
}

export interface ContainerNetwork {
  readonly networkId: string;
  readonly ipAddress: string;
  readonly ipv6Address: string;
  readonly gateway: string;
  readonly aliases: readonly string[];
}

export interface PublishedPort {
  readonly hostIp: string;
  readonly hostPort: number;
}

export interface ContainerDetails {
  readonly id: string;
  readonly name: string;
  /** Id of the image it runs, `sha256:…`. */
  readonly imageId: string;
  /** The reference it was created from. */
  readonly image: string;
  readonly created: string;
  readonly state: ContainerState;
  readonly restartCount: number;
  readonly restartPolicy: { readonly name: string; readonly maximumRetryCount: number };
  readonly labels: Readonly<Record<string, string>>;
  readonly environment: readonly string[];
  readonly user: string;
  readonly tty: boolean;
  readonly stopSignal: string;
  readonly stopTimeoutSeconds: number | undefined;
  readonly hasHealthCheck: boolean;
  readonly networkMode: string;
  readonly mounts: readonly ContainerMount[];
  readonly networks: Readonly<Record<string, ContainerNetwork>>;
  /** Published ports by `80/tcp`. */
  readonly ports: Readonly<Record<string, readonly PublishedPort[]>>;
}

export interface NetworkDetails {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly internal: boolean;
  readonly ipv6: boolean;
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Container ids by attached container; empty in listings. */
  readonly containers: readonly string[];
}

export interface VolumeDetails {
  readonly name: string;
  readonly driver: string;
  readonly mountpoint: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ImageDetails {
  readonly id: string;
  readonly tags: readonly string[];
  /** `repository@sha256:…` of every registry it came from. */
  readonly digests: readonly string[];
  readonly sizeBytes: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly hasHealthCheck: boolean;
  readonly exposedPorts: readonly string[];
  readonly os: string;
  readonly architecture: string;
}

export interface EngineVersion {
  readonly version: string;
  readonly apiVersion: string;
  readonly minApiVersion: string;
  /** Names of the engine's parts; Podman names itself here. */
  readonly components: readonly string[];
}

export interface EngineInfo {
  readonly name: string;
  readonly dockerRoot: string;
  readonly rootless: boolean;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly architecture: string;
  readonly swarm: boolean;
}

export interface RegistryAuth {
  readonly username: string;
  readonly password: string;
  /** Registry host, with its port when it has one. */
  readonly serveraddress: string;
}

export interface LogLine {
  /** A terminal container has `stdout` only. */
  readonly stream: 'stdout' | 'stderr';
  readonly line: string;
}

export interface EngineEvent {
  readonly type: string;
  readonly action: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly timeMs: number;
}

/** Body of POST /containers/create in the Engine's own words; keys not named here pass through. */
export interface ContainerSpec {
  readonly Image: string;
  readonly Cmd?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Env?: readonly string[];
  readonly Labels?: Readonly<Record<string, string>>;
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly OpenStdin?: boolean;
  readonly StdinOnce?: boolean;
  readonly HostConfig?: Readonly<Record<string, unknown>>;
  readonly NetworkingConfig?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

export interface NetworkSpec {
  readonly Name: string;
  readonly Driver?: string;
  readonly Options?: Readonly<Record<string, string>>;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly Internal?: boolean;
  readonly [key: string]: unknown;
}

export interface ContainerExecOptions {
  readonly user?: string | undefined;
  readonly environment?: readonly string[] | undefined;
  readonly workingDir?: string | undefined;
  readonly stdin?: string | undefined;
  /** Default 60 000. The process in the container is not killed by it. */
  readonly timeoutMs?: number | undefined;
  /** Limit of stdout and stderr together; what is beyond is dropped and `truncated` is set. Default 1 MiB. */
  readonly maxOutputBytes?: number | undefined;
}

export interface ContainerExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
}

export interface LogOptions {
  readonly tail?: number | undefined;
  /** Seconds since 1970, or RFC 3339. */
  readonly since?: string | number | undefined;
  readonly follow?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Labels are `key` or `key=value` and must all match. */
export interface ListFilter {
  readonly labels?: readonly string[] | undefined;
  readonly names?: readonly string[] | undefined;
}

/**
 * One Docker Engine. Every call throws an EngineError with the daemon's words and `status`, or a RemoteFailure with
 * `outcome: 'unknown'` when the connection died or the deadline passed before the answer.
 */
export interface Engine {
  /** Negotiated, e.g. `1.44`. */
  readonly apiVersion: string;
  ping(): Promise<void>;
  version(): Promise<EngineVersion>;
  info(): Promise<EngineInfo>;

  listContainers(
    filter?: ListFilter & { readonly all?: boolean },
  ): Promise<readonly ContainerSummary[]>;
  inspectContainer(id: string): Promise<ContainerDetails>;
  /** Resolves with the new id; 404 when the image is missing, 409 when the name is taken. */
  createContainer(name: string, spec: ContainerSpec): Promise<string>;
  /** A container that already runs is no error. */
  startContainer(id: string): Promise<void>;
  /** Waits until it stopped; killed after `timeoutSeconds`. A container that does not run is no error. */
  stopContainer(id: string, timeoutSeconds: number): Promise<void>;
  killContainer(id: string, signal: string): Promise<void>;
  setRestartPolicy(id: string, name: string, maximumRetryCount?: number): Promise<void>;
  removeContainer(
    id: string,
    options?: { readonly force?: boolean; readonly volumes?: boolean },
  ): Promise<void>;
  /** Resolves with the exit code once it is not running. */
  waitContainer(
    id: string,
    options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal },
  ): Promise<number>;
  containerLogs(id: string, options?: LogOptions): AsyncIterable<LogLine>;
  /** A stream whose writes go to the container's stdin; ending it closes that stdin. */
  attachStdin(id: string): Promise<Duplex>;
  exec(
    id: string,
    argv: readonly string[],
    options?: ContainerExecOptions,
  ): Promise<ContainerExecResult>;

  listNetworks(filter?: ListFilter): Promise<readonly NetworkDetails[]>;
  inspectNetwork(id: string): Promise<NetworkDetails>;
  createNetwork(spec: NetworkSpec): Promise<string>;
  removeNetwork(id: string): Promise<void>;
  connectNetwork(network: string, container: string, aliases?: readonly string[]): Promise<void>;
  listVolumes(filter?: ListFilter): Promise<readonly VolumeDetails[]>;
  inspectVolume(name: string): Promise<VolumeDetails>;

  inspectImage(reference: string): Promise<ImageDetails>;
  /** `reference` is `repo:tag` or `repo@sha256:…`; `onProgress` gets the engine's status lines. */
  pullImage(
    reference: string,
    options?: {
      readonly auth?: RegistryAuth | undefined;
      readonly onProgress?: ((line: string) => void) | undefined;
      readonly timeoutMs?: number | undefined;
    },
  ): Promise<void>;
  /** The registry's digest of a reference, `sha256:…`, as the engine sees it. */
  distributionDigest(reference: string, auth?: RegistryAuth): Promise<string>;
  removeImage(reference: string): Promise<void>;

  events(
    options?: ListFilter & { readonly signal?: AbortSignal; readonly since?: number },
  ): AsyncIterable<EngineEvent>;
  /** Ends idle connections and refuses further calls. */
  close(): void;
}
