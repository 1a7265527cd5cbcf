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
  /** In Go's words: linux, and amd64, arm64 … */
  readonly os: string;
  readonly architecture: string;
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
  /** Containers go on running while the daemon is down. */
  readonly liveRestore: boolean;
  /** containerd keeps the images, in a folder of its own. */
  readonly containerdImages: boolean;
  /** Addresses that are asked before Docker Hub. */
  readonly mirrors: readonly string[];
  /** Registries that it takes without TLS or with any certificate. */
  readonly insecureRegistries: readonly string[];
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

export interface ContainerExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
}
