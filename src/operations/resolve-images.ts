import type { Problem } from '../domain/problem';
import {
  digestAmong,
  formatReference,
  pinned,
  type ImageReference,
} from '../domain/images/reference';
import { messageOf } from '../errors';
import type { Engine } from '../platform/docker-api';
import type { AuthFor } from './pull-images';

/** Images by service, each as `repository@sha256:…`; `problems` names those that could not be resolved. */
export interface ResolvedImages {
  readonly images: Readonly<Record<string, string>>;
  readonly problems: readonly Problem[];
}

/** Resolves each tag to its digest once, as the host's engine sees the registry. */
export async function resolveImages(
  engine: Engine,
  references: Readonly<Record<string, ImageReference>>,
  authFor: AuthFor,
): Promise<ResolvedImages> {
  const unique = new Map(Object.values(references).map((one) => [formatReference(one), one]));
  const answers = new Map(
    await Promise.all(
      [...unique].map(async ([text, one]) => [text, await resolve(engine, one, authFor)] as const),
    ),
  );
  const images: Record<string, string> = {};
  const problems: Problem[] = [];
  for (const [service, reference] of Object.entries(references)) {
    const answer = answers.get(formatReference(reference));
    if (answer !== undefined && 'image' in answer) images[service] = answer.image;
    else
      problems.push({
        path: `image of ${service}`,
        says: answer?.says ?? '',
        fix: answer?.fix ?? '',
      });
  }
  return { images, problems };
}

type Answer = { readonly image: string } | { readonly says: string; readonly fix: string };

async function resolve(
  engine: Engine,
  reference: ImageReference,
  authFor: AuthFor,
): Promise<Answer> {
  const { digest } = reference;
  const text = formatReference(reference);
  try {
    // A digest is asked for too: that it exists is known before anything is touched.
    const found = await engine.distributionDigest(text, authFor(text));
    return { image: pinned(reference, digest ?? found) };
  } catch (thrown) {
    const local = await localDigest(engine, reference, text);
    if (local !== undefined) return { image: pinned(reference, local) };
    return {
      says: `${text} was not found: ${messageOf(thrown)}`,
      fix: 'push the image first, check its name, or give registry-username and registry-password',
    };
  }
}

/** Without a registry in reach, an image that the host once pulled from it will do. */
async function localDigest(
  engine: Engine,
  reference: ImageReference,
  text: string,
): Promise<string | undefined> {
  try {
    const { digests } = await engine.inspectImage(text);
    return reference.digest ?? digestAmong(reference, digests);
  } catch {
    return undefined;
  }
}
