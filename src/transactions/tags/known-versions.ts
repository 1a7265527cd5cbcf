import type { Draft } from '../../domain/tags/choose-tags';
import { versionsOfImage } from '../../domain/tags/image-tag-versions';
import { ShiplockError, messageOf } from '../../errors';

/** Who may know the versions of an app. */
export interface VersionSources {
  /** Every tag of the repository; throws when nobody can tell all of them. */
  readonly gitTags: () => Promise<readonly string[]>;
  /** Every tag of the image; throws when nobody can tell all of them. */
  readonly imageTags: () => Promise<readonly string[]>;
}

/** Every git tag: those of the repository, else what the image's tags say of them. Versions that nobody can tell must not look like the highest one. */
export async function knownVersions(
  draft: Draft,
  { gitTags, imageTags }: VersionSources,
): Promise<readonly string[]> {
  const reasons: string[] = [];
  try {
    return await gitTags();
  } catch (thrown) {
    reasons.push(messageOf(thrown));
  }
  try {
    const versions = versionsOfImage(draft, await imageTags());
    if (versions !== null) return versions;
    reasons.push('the tags of the image have no version that the rules can read');
  } catch (thrown) {
    reasons.push(messageOf(thrown));
  }
  throw new ShiplockError(
    `It is not known which versions there are, and so not whether this one is the highest: ${reasons.join('; ')}`,
    {
      hint: 'Check out with `fetch-depth: 0`, or give `github-token` with `contents: read`, or let the tags move with every version: `moving-tags: always`.',
      fault: 'user',
    },
  );
}
