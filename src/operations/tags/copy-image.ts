import { indexType, partsOf, type Descriptor, type Manifest } from '../../domain/registry/manifest';
import { listedIn, referrerOf, referrersList, referrersTag } from '../../domain/registry/referrers';
import { ShiplockError } from '../../errors';
import type { Repository } from '../../platform/registry/repository';

/** What a copy brought along, by count. */
export interface Copied {
  readonly manifests: number;
  readonly mounted: number;
  readonly copied: number;
}

interface Copy {
  readonly from: Repository;
  readonly to: Repository;
  /** Digests of manifests that this run has seen to. */
  readonly seen: Set<string>;
  readonly count: { manifests: number; mounted: number; copied: number };
}

/** More than any image has; a list that refers to itself must end. */
const mostManifests = 2000;

/**
 * Brings an image into another repository byte for byte: blobs, children, the manifest by its digest, and what refers to any of
 * them (signatures, SBOMs, attestations). Each is there before what names it, and no tag of an image is written.
 */
export async function copyImage(
  image: Manifest,
  from: Repository,
  to: Repository,
): Promise<Copied> {
  const count = { manifests: 0, mounted: 0, copied: 0 };
  await copyManifest({ from, to, seen: new Set(), count }, image);
  return count;
}

/** @returns whether the target says that it lists it among what refers to its subject */
async function copyManifest(copy: Copy, manifest: Manifest): Promise<boolean> {
  const { from, to, seen, count } = copy;
  if (seen.has(manifest.digest)) return true;
  seen.add(manifest.digest);
  if (seen.size > mostManifests) throw tooMany(from);
  const there = (await to.manifest(manifest.digest)) !== null;
  const { document } = manifest;
  if (document.kind === 'index')
    for (const child of document.manifests) await copyManifest(copy, await mustHave(from, child));
  else if (!there) await copyBlobs(copy, partsOf(document));
  const listed = there ? false : await to.put(manifest.digest, manifest);
  if (!there) count.manifests += 1;
  await copyReferrers(copy, manifest.digest);
  return listed;
}

/** A registry without a referrers API is left the tag that stands for it, with all that was in it before. */
async function copyReferrers(copy: Copy, digest: string): Promise<void> {
  const { from, to } = copy;
  const referrers = await from.referrers(digest);
  const unlisted: Descriptor[] = [];
  for (const referrer of referrers) {
    const manifest = await from.manifest(referrer.digest);
    // Nobody takes an entry out of such a list when a signature is deleted.
    if (manifest === null) continue;
    if (!(await copyManifest(copy, manifest))) unlisted.push(referrerOf(manifest));
  }
  if (unlisted.length === 0) return;
  const known = await to.referrers(digest);
  const fresh = unlisted.filter((one) => !known.some((other) => other.digest === one.digest));
  if (fresh.length === 0) return;
  const tag = referrersTag(digest);
  const listed = listedIn(await to.manifest(tag));
  const bytes = new TextEncoder().encode(referrersList([...listed, ...fresh]));
  await to.put(tag, { mediaType: indexType, bytes });
}

async function copyBlobs({ from, to, count }: Copy, blobs: readonly Descriptor[]): Promise<void> {
  for (const blob of new Map(blobs.map((one) => [one.digest, one])).values()) {
    if (await to.hasBlob(blob.digest)) continue;
    // Layers of Windows that only its maker gives out are in no registry.
    if (blob.urls !== undefined && !(await from.hasBlob(blob.digest))) continue;
    count[await to.takeBlob(blob, from)] += 1;
  }
}

async function mustHave(from: Repository, { digest }: Descriptor): Promise<Manifest> {
  const manifest = await from.manifest(digest);
  if (manifest !== null) return manifest;
  throw new ShiplockError(`${from.registry}/${from.path} names ${digest}, and has it not`, {
    hint: 'The image is not complete: push it again.',
    fault: 'remote',
  });
}

function tooMany({ registry, path }: Repository): ShiplockError {
  const message = `${registry}/${path} names more than ${mostManifests} manifests for one image`;
  return new ShiplockError(message, { hint: 'Remove what refers to it.', fault: 'remote' });
}
