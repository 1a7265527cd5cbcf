import { openEngine, type Engine } from './docker-api/docker-api';
import type { Host } from './host';
import { localHost } from './local-host';

/** This machine with the engine that its docker command speaks to: a self-hosted runner on the server itself. */
export function connectLocal(docker: readonly string[]): {
  readonly host: Host;
  readonly engine: Engine;
  close(): Promise<void>;
} {
  const host = localHost();
  const engine = openEngine({
    open: () => host.openStream([...docker, 'system', 'dial-stdio']),
  });
  return {
    host,
    engine,
    close: () => {
      engine.close();
      return host.close();
    },
  };
}
