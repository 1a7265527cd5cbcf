import type { CloneFacts } from '../../operations/tags/read-clone';
import { messageOf } from '../../errors';
import type { RepositoryApi } from '../../platform/github/github-repository';

/** Where all tags of a repository are known. */
export interface TagSources {
  readonly clone: () => Promise<CloneFacts | null>;
  readonly cloneTags: () => Promise<readonly string[]>;
  readonly github: Pick<RepositoryApi, 'tags'>;
  readonly tell: (text: string) => void;
}

/**
 * Every tag of the repository: from a complete clone, else from GitHub. Throws when neither knows them all: a checkout of the
 * usual depth has no tags, and a clone without a single one was made without them.
 */
export async function readGitTags(sources: TagSources): Promise<readonly string[]> {
  const facts = await sources.clone();
  const local = facts === null || facts.shallow ? [] : await sources.cloneTags();
  if (local.length > 0) {
    sources.tell(`${local.length} tags, from the clone`);
    return local;
  }
  const why =
    facts === null
      ? 'there is no clone'
      : facts.shallow
        ? 'the clone is shallow'
        : 'the clone has no tags';
  try {
    const tags = await sources.github.tags();
    sources.tell(`${tags.length} tags, from GitHub`);
    return tags;
  } catch (cause) {
    throw new Error(`${why}, and ${messageOf(cause)}`, { cause });
  }
}
