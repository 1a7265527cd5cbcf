import { openEngine, type Engine } from './docker-api/docker-api';
import type { Host } from './host';

/** A host with the engine that its docker command speaks to; the engine is not waited for. Closing it closes both. */
export function openSession<H extends Host>(
  host: H,
  docker: readonly string[],
): { readonly host: H; readonly engine: Engine; close(): Promise<void> } {
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
