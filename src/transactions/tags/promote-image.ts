import { describeSize, judgeImageSize, type PlatformSize } from '../../domain/images/image-size';
import { formatReference, type ImageReference } from '../../domain/images/reference';
import { refusal, type Problem } from '../../domain/problem';
import type { Manifest } from '../../domain/registry/manifest';
import { judgeTag } from '../../domain/tags/guarded-tag';
import { ShiplockError } from '../../errors';
import { copyImage } from '../../operations/tags/copy-image';
import { measureImage } from '../../operations/tags/measure-image';
import type { Repository } from '../../platform/registry/repository';
import { placeTags, type TagPlace, type TagPlaces } from './place-tags';

/** An image that exists, and the tags that it is to get. */
export interface Promotion extends TagPlaces {
  readonly image: ImageReference;
  /** Whether tags of one version are kept from moving. */
  readonly immutable: boolean;
  /** Bytes that it may take on a platform, uncompressed; undefined = it is not measured. */
  readonly budget: number | undefined;
  readonly dryRun: boolean;
}

export interface PromotionTools {
  readonly repository: (reference: Pick<ImageReference, 'registry' | 'path'>) => Repository;
  readonly tell: (text: string) => void;
}

/** What became of one tag. */
export interface PromotedTag {
  readonly name: string;
  readonly before: string | null;
  readonly outcome: 'written' | 'unchanged' | 'would be written';
}

export interface Promoted {
  readonly digest: string;
  readonly tags: readonly PromotedTag[];
  /** Empty when there is no budget. */
  readonly sizes: readonly PlatformSize[];
}

/**
 * Gives an image more tags without changing a byte of it. Everything that can be wrong is told before anything is written;
 * tags come last, so that whoever reads one gets a whole image at any moment, also when this run dies.
 */
export async function promoteImage(promotion: Promotion, tools: PromotionTools): Promise<Promoted> {
  const from = tools.repository(promotion.image);
  const manifest = await sourceOf(promotion.image, from);
  const { digest } = manifest;
  tools.tell(`${formatReference(promotion.image)} is ${digest}, ${manifest.mediaType}`);
  const places = await placeTags(promotion, promotion.immutable, tools.repository);
  const sizes = await sizesOf(promotion, manifest, from, tools);
  refuse([
    ...places.flatMap((place) => judgeTag(place, digest) ?? []),
    ...judgeImageSize(formatReference(promotion.image), sizes, promotion.budget ?? Infinity),
  ]);
  const tags: PromotedTag[] = [];
  if (!promotion.dryRun) await bringAlong(manifest, from, places, tools);
  for (const place of places) {
    const tag = promotion.dryRun ? foretell(place, digest) : await writeTag(place, manifest, tags);
    tools.tell(`${tag.name}: ${describeTag(tag)}`);
    tags.push(tag);
  }
  return { digest, tags, sizes };
}

/** `written, it was sha256:… before` */
export function describeTag({ before, outcome }: PromotedTag): string {
  if (outcome === 'unchanged') return 'it has this digest already';
  return before === null ? `${outcome}, it is new` : `${outcome}, before it was ${before}`;
}

async function sourceOf(image: ImageReference, from: Repository): Promise<Manifest> {
  const manifest = await from.manifest(image.digest ?? image.tag ?? 'latest');
  if (manifest !== null) return manifest;
  const says = `${image.registry} has no such image, or this login may not see it`;
  const fix = 'push it before this step, or correct the name';
  throw refusal('the image to promote', [{ path: formatReference(image), says, fix }]);
}

async function sizesOf(
  { budget }: Promotion,
  manifest: Manifest,
  from: Repository,
  { tell }: PromotionTools,
): Promise<readonly PlatformSize[]> {
  if (budget === undefined) return [];
  const sizes = await measureImage(manifest, from);
  for (const size of sizes) tell(describeSize(size));
  return sizes;
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw refusal('this promotion', problems);
}

/** To every other repository that is to have a tag. */
async function bringAlong(
  manifest: Manifest,
  from: Repository,
  places: readonly TagPlace[],
  { tell }: PromotionTools,
): Promise<void> {
  for (const to of new Set(places.map(({ repository }) => repository))) {
    if (to.registry === from.registry && to.path === from.path) continue;
    const { manifests, mounted, copied } = await copyImage(manifest, from, to);
    const blobs = `${mounted} blobs mounted, ${copied} copied`;
    tell(`${to.registry}/${to.path} has it whole: ${manifests} manifests written, ${blobs}`);
  }
}

const foretell = ({ name, before }: TagPlace, digest: string): PromotedTag => {
  return { name, before, outcome: before === digest ? 'unchanged' : 'would be written' };
};

/** Looks once more right before it writes: registries cannot compare and swap, so this is as near as one comes. */
async function writeTag(
  place: TagPlace,
  manifest: Manifest,
  done: readonly PromotedTag[],
): Promise<PromotedTag> {
  const { name, tag, repository } = place;
  const { digest } = manifest;
  const before = (await repository.manifest(tag))?.digest ?? null;
  const problem = judgeTag({ ...place, before }, digest);
  if (problem !== null)
    throw tooLate(
      `${name} ${problem.says}: another run wrote it in this moment`,
      problem.fix,
      done,
    );
  if (before === digest) return { name, before, outcome: 'unchanged' };
  await repository.put(tag, manifest);
  const after = (await repository.manifest(tag))?.digest ?? 'nothing';
  if (after === digest) return { name, before, outcome: 'written' };
  throw tooLate(
    `${name} was given ${digest} and is ${after}: another run wrote it in this moment`,
    'let only one run at a time write these tags (`concurrency` in the workflow)',
    done,
  );
}

function tooLate(message: string, fix: string, done: readonly PromotedTag[]): ShiplockError {
  const names = done.map(({ name }) => name).join(', ');
  const told = done.length === 0 ? 'No tag was written' : `These have it already: ${names}`;
  return new ShiplockError(message, { hint: `${told}. Fix: ${fix}.`, fault: 'remote' });
}
