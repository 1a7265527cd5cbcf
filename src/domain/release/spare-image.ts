import { parseReference, repositoryOf } from '../images/reference';

/** An image as the engine has it. */
export interface HeldImage {
  readonly id: string;
  readonly tags: readonly string[];
  /** `repository@sha256:…`, in short or full form. */
  readonly digests: readonly string[];
}

/** Who on a host may need an image besides the releases that were judged. */
export interface OtherUsers {
  /** Ids of the images of all containers, ours or not, running or not. */
  readonly inUse: ReadonlySet<string>;
  /** Images that releases of other apps and environments have on record. */
  readonly recorded: readonly string[];
  /** Images of containers whose app's records cannot be read from here. */
  readonly unread: readonly string[];
}

/**
 * Whether nobody else on the host needs an image that our old releases leave behind: no container is made from it, it has no name that
 * somebody gave it, it came from one repository only, and no other app or environment has it on record.
 */
export function isSpare(
  image: string,
  { id, tags, digests }: HeldImage,
  { inUse, recorded, unread }: OtherUsers,
): boolean {
  if (inUse.has(id) || tags.length > 0) return false;
  if (!digests.every((digest) => isSame(digest, image))) return false;
  if (recorded.some((other) => digestOf(other) === digestOf(image))) return false;
  return !unread.some((other) => isSameRepository(other, image));
}

function isSame(one: string, other: string): boolean {
  return isSameRepository(one, other) && digestOf(one) === digestOf(other);
}

function digestOf(image: string): string | null | undefined {
  return parseReference(image)?.digest;
}

function isSameRepository(one: string, other: string): boolean {
  const [left, right] = [parseReference(one), parseReference(other)];
  return left !== undefined && right !== undefined && repositoryOf(left) === repositoryOf(right);
}
