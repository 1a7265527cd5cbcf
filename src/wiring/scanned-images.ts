import { messageOf } from '../errors';
import { findImage } from '../operations/release/local-images';
import type { ImageTools } from '../operations/scan/settle-image';
import { openEngine } from '../platform/docker-api/docker-api';
import { localHost } from '../platform/local-host';
import { openRegistries } from './open-registries';

/** Images as the engine of this machine and the registries know them. */
export function scannedImages(signal: AbortSignal, tell: (text: string) => void): ImageTools {
  return {
    localImage: async (reference) => {
      const host = localHost();
      // As the docker command finds its engine: by context, variable or socket.
      const open = () => host.openStream(['docker', 'system', 'dial-stdio']);
      const engine = openEngine({ open });
      try {
        return (await findImage(engine, reference))?.id ?? null;
      } catch (thrown) {
        signal.throwIfAborted();
        tell(`No engine of this machine was asked for the image: ${messageOf(thrown)}`);
        return null;
      } finally {
        engine.close();
        await host.close();
      }
    },
    registryDigest: async (reference) => {
      const logins = { username: undefined, password: undefined, registry: undefined };
      const repository = openRegistries(logins, signal)(reference);
      const manifest = await repository.manifest(reference.tag ?? 'latest');
      return manifest?.digest ?? null;
    },
  };
}
