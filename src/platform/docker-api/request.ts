export interface EngineRequest {
  readonly method: 'HEAD' | 'GET' | 'POST' | 'DELETE';
  /** Without the API version; ids and names in it are encoded by the caller. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Until the whole answer of `send`, until the head of the answer of `open` and `hijack`; default 60 000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** For the call that finds out which versions there are. */
  readonly unversioned?: boolean;
  /** For calls that wait long: a connection of its own, so that they never starve the others. */
  readonly dedicated?: boolean;
}
