import { formatReference, type ImageReference } from '../../domain/images/reference';
import { refusal } from '../../domain/problem';
import { judgeBuild, type PlacedTag } from '../../domain/tags/guarded-tag';
import type { Repository } from '../../platform/registry/repository';

/** Where tags are to be. */
export interface TagPlaces {
  readonly repositories: readonly ImageReference[];
  /** In the order in which they are written. */
  readonly tags: readonly string[];
  /** Those of one version alone. */
  readonly versionTags: readonly string[];
}

/** One tag in one repository. */
export interface TagPlace extends PlacedTag {
  readonly repository: Repository;
  readonly tag: string;
}

export type OpenRepository = (reference: Pick<ImageReference, 'registry' | 'path'>) => Repository;

/** What the registries have under each tag now. @param immutable whether tags of one version are kept from moving */
export async function placeTags(
  { repositories, tags, versionTags }: TagPlaces,
  immutable: boolean,
  open: OpenRepository,
): Promise<readonly TagPlace[]> {
  const places: TagPlace[] = [];
  for (const reference of repositories) {
    const repository = open(reference);
    for (const tag of tags) {
      const before = (await repository.manifest(tag))?.digest ?? null;
      const name = formatReference({ ...reference, tag });
      places.push({
        repository,
        tag,
        name,
        before,
        guarded: immutable && versionTags.includes(tag),
      });
    }
  }
  return places;
}

/** Throws one refusal with every version tag that a build would overwrite. */
export async function guardBuild(places: TagPlaces, open: OpenRepository): Promise<void> {
  const guarded = { ...places, tags: places.versionTags };
  const found = await placeTags(guarded, true, open);
  const problems = found.flatMap((place) => judgeBuild(place) ?? []);
  if (problems.length > 0) throw refusal('the tags of this build', problems);
}
