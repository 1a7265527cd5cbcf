import { parseReference, repositoryOf } from '../../domain/images/reference';
import type { OpenRepository } from './place-tags';

/** Every tag of the first of these images, from its registry. Throws when it cannot tell: a repository that cannot be seen must not look empty. */
export async function readImageTags(
  images: readonly string[],
  open: OpenRepository,
  tell: (text: string) => void,
): Promise<readonly string[]> {
  const reference = parseReference(images[0] ?? '');
  if (reference === undefined) throw new Error('there is no image whose tags could tell');
  const name = repositoryOf(reference);
  const tags = await open(reference).tags();
  if (tags === null) throw new Error(`there is no ${name}, or this login may not see it`);
  tell(`${tags.length} tags, from ${name}`);
  return tags;
}
