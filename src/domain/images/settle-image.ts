import type { Problem } from '../problem';
import type { ImageManifest } from './inspected-manifest';
import { digestAmong, formatReference, pinned, type ImageReference } from './reference';
import type { RegistryLogin } from './registry-login';
import { explainTrouble, registryTrouble } from './registry-trouble';

/** An image that a run needs. */
export interface WantedImage {
  /** What of the user's it belongs to, e.g. `image of web`. */
  readonly path: string;
  readonly reference: ImageReference;
  /** The released service that gets it; null = something else that a run pulls. */
  readonly service: string | null;
}

/** All that was learned of an image. */
export interface ImageFindings {
  /** `repository@sha256:…` under which the host has it; null = it has no such image. */
  readonly local: readonly string[] | null;
  /** What the registry told the engine; null = it was not asked. */
  readonly answer: { readonly digest: string } | { readonly said: string } | null;
  /** What the registry told the host's own docker command. */
  readonly manifest: ImageManifest | null;
}

/** By digest, or why it cannot be had. */
export type SettledImage = { readonly image: string } | { readonly problem: Problem };

/** Whether the registry must be asked: a tag that is to be released may have moved since the host pulled it. */
export function mustAsk({ reference, service }: WantedImage, isLocal: boolean): boolean {
  return !isLocal || (service !== null && reference.digest === null);
}

/** Decides which digest an image is, once, before anything is touched. */
export function settleImage(
  { path, reference }: WantedImage,
  { local, answer, manifest }: ImageFindings,
  login: RegistryLogin,
): SettledImage {
  const of = (digest: string): SettledImage => ({
    image: pinned(reference, reference.digest ?? digest),
  });
  const kept = local === null ? undefined : (reference.digest ?? digestAmong(reference, local));
  if (answer === null)
    return { image: kept === undefined ? formatReference(reference) : pinned(reference, kept) };
  if ('digest' in answer) return of(answer.digest);
  const text = formatReference(reference);
  if (login.own(text) && manifest !== null) return of(manifest.digest);
  // Without a registry in reach, an image that the host once pulled from it will do; where the login fails it may be an old one.
  if (kept !== undefined && registryTrouble(answer.said) !== 'refused') return of(kept);
  const used = {
    registry: reference.registry,
    username: login.given(text)?.username ?? null,
    own: login.own(text),
  };
  return { problem: { path, ...explainTrouble(text, answer.said, used) } };
}

/** Under which name the host's own docker command asks for an image: it knows nothing of the engine's mirrors. */
export function askedAs(
  { registry, path, tag, digest }: ImageReference,
  engine: { readonly mirrors: readonly string[]; readonly insecureRegistries: readonly string[] },
): { readonly reference: string; readonly insecure: boolean } {
  const [mirror] = registry === 'docker.io' ? engine.mirrors : [];
  const address = mirror?.replace(/^https?:\/\//, '').replace(/\/+$/, '') ?? registry;
  const insecure =
    mirror?.startsWith('http://') === true ||
    engine.insecureRegistries.includes(address) ||
    /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?$/.test(address);
  return { reference: formatReference({ registry: address, path, tag, digest }), insecure };
}
