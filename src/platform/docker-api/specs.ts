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

export interface VolumeSpec {
  readonly Name: string;
  readonly Driver?: string;
  readonly DriverOpts?: Readonly<Record<string, string>>;
  readonly Labels?: Readonly<Record<string, string>>;
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
