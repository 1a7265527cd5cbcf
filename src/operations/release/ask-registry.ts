import type { RegistryLogin } from '../../domain/images/registry-login';
import { messageOf } from '../../errors';
import type { Engine } from '../../platform/docker-api/docker-api';

/** What the registry said of an image: its digest, or why there is none. */
export type RegistryAnswer = { readonly digest: string } | { readonly said: string };

/** Asks the registries for digests, through the engine: by its mirrors and with the credentials of the inputs. Nothing is downloaded. */
export async function askRegistry(
  engine: Engine,
  images: readonly string[],
  login: RegistryLogin,
): Promise<ReadonlyMap<string, RegistryAnswer>> {
  const ask = async (image: string): Promise<RegistryAnswer> => {
    try {
      return { digest: await engine.distributionDigest(image, login.given(image)) };
    } catch (thrown) {
      return { said: messageOf(thrown) };
    }
  };
  return new Map(
    await Promise.all(
      [...new Set(images)].map(async (image) => [image, await ask(image)] as const),
    ),
  );
}
