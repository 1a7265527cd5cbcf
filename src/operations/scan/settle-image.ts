import { parseReference, pinned, type ImageReference } from '../../domain/images/reference';
import type { Proof } from '../../domain/scan/report-line';
import { ShiplockError } from '../../errors';

/** An image under a name that nobody can move. */
export interface SettledImage {
  /** Words for Trivy. */
  readonly words: readonly string[];
  /** For people: the given name and what it stands for. */
  readonly name: string;
  readonly proofs: readonly Proof[];
}

export interface ImageTools {
  /** Id of an image that the engine of this machine has; null = it has none, or there is no engine. */
  readonly localImage: (reference: string) => Promise<string | null>;
  /** Digest that a registry has for a tag; null = it knows none. Throws when it does not answer. */
  readonly registryDigest: (reference: ImageReference) => Promise<string | null>;
}

/**
 * What an image's name stands for now: a digest at its registry, or the id of a local image, which comes first as it does
 * for trivy-action. Throws a ShiplockError when there is no such image.
 */
export async function settleImage(text: string, tools: ImageTools): Promise<SettledImage> {
  const reference = parseReference(text);
  if (reference === undefined)
    throw new ShiplockError(`${text} is no image`, { fault: 'user', hint: 'correct image-ref' });
  if (reference.digest !== null) return remote(text, reference, reference.digest);
  const id = await tools.localImage(text);
  if (id !== null)
    return {
      words: ['--image-src', 'docker', text],
      name: `${text} (local, ${id})`,
      proofs: [{ kind: 'digest', value: id }],
    };
  const digest = await tools.registryDigest(reference);
  if (digest !== null) return remote(text, reference, digest);
  throw new ShiplockError(`there is no image ${text}, neither here nor at its registry`, {
    fault: 'user',
    hint: 'correct image-ref, build or push the image before this step, or log in to its registry',
  });
}

function remote(text: string, reference: ImageReference, digest: string): SettledImage {
  const name = pinned(reference, digest);
  return {
    words: ['--image-src', 'remote', name],
    name: reference.digest === null ? `${text} (${digest})` : name,
    proofs: [{ kind: 'digest', value: digest }],
  };
}
