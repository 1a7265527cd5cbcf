import type { InputsOf } from '../../contract/define-action';
import { parseReference, repositoryOf, type ImageReference } from '../../domain/images/reference';
import { refusal } from '../../domain/problem';
import { readImageNames } from '../../domain/tags/image-names';
import type { TagResult } from '../../transactions/tags/make-tags';
import { guardBuild, type OpenRepository } from '../../transactions/tags/place-tags';
import { promoteImage, type Promoted } from '../../transactions/tags/promote-image';
import type { contract } from './contract';

type Inputs = InputsOf<typeof contract.inputs>;

/** The images that get tags: without any, the one that is promoted. */
export function imagesOf({ images, promote }: Inputs): string {
  return images.trim() === '' && promote !== undefined ? repositoryOf(promote) : images;
}

/** The registry that the login of the inputs is for. */
export function loginRegistry(inputs: Inputs): string | undefined {
  const [first = ''] = readImageNames(imagesOf(inputs)).names;
  return parseReference(first)?.registry;
}

/** What is to be done at the registries once the tags are known: promote, or guard a build, or nothing (null). */
export async function atRegistry(
  inputs: Inputs,
  result: TagResult,
  open: OpenRepository,
  tell: (text: string) => void,
): Promise<Promoted | null> {
  const { promote, 'max-image-size': budget, 'dry-run': dryRun } = inputs;
  const immutable = inputs.immutable ?? promote !== undefined;
  if (promote === undefined && !immutable) return null;
  const { tagNames: tags, versionTags } = result;
  const places = { repositories: referencesOf(result.images), tags, versionTags };
  if (promote !== undefined) {
    const promotion = { ...places, image: promote, immutable, budget, dryRun };
    return promoteImage(promotion, { repository: open, tell });
  }
  await guardBuild(places, open);
  tell(`not in the registry yet: ${versionTags.join(', ') || 'there is no tag of one version'}`);
  return null;
}

function referencesOf(images: readonly string[]): readonly ImageReference[] {
  const read = images.map((text) => ({ text, reference: parseReference(text) }));
  const isRepository = (one: ImageReference | undefined): one is ImageReference =>
    one?.tag === null && one.digest === null;
  const wrong = read.filter(({ reference }) => !isRepository(reference));
  if (wrong.length === 0) return read.flatMap(({ reference }) => reference ?? []);
  const fix = 'write registry/repository, without a tag';
  const problems = wrong.map(({ text }) => {
    return { path: 'input images', says: `${JSON.stringify(text)} is no repository`, fix };
  });
  throw refusal('the inputs of this step', problems);
}
