import {
  annotationLines,
  labelsOf,
  readLabels,
  type GivenLabels,
  type Labels,
} from '../../domain/tags/labels';
import { bakeFiles, type BakeFile } from '../../domain/tags/bake-files';
import { chooseTags, draftTags, type ChosenTags, type Draft } from '../../domain/tags/choose-tags';
import { readFlavor } from '../../domain/tags/flavor';
import { readImageNames } from '../../domain/tags/image-names';
import { readRules } from '../../domain/tags/read-rules';
import type { TagEvent } from '../../domain/tags/tag-event';
import { refusal } from '../../domain/problem';
import { ShiplockError } from '../../errors';
import { knownVersions, type VersionSources } from './known-versions';

/** The texts of the inputs. */
export interface TagRequest {
  readonly images: string;
  readonly tags: string;
  readonly flavor: string;
  readonly labels: string;
  readonly annotations: string;
  readonly annotationLevels: readonly string[];
  readonly bakeTarget: string;
  readonly movingTags: 'highest' | 'always';
  readonly failOnEmpty: boolean;
}

export interface TagTools extends Pick<VersionSources, 'gitTags'> {
  /** Every tag of these images; throws when nobody can tell all of them. */
  readonly imageTags: (images: readonly string[]) => Promise<readonly string[]>;
  readonly warn: (text: string) => void;
}

/** What an image is to be built with. */
export interface TagResult extends Pick<ChosenTags, 'version' | 'versionTags' | 'explanation'> {
  readonly images: readonly string[];
  /** With the image in front; names alone when there is no image. */
  readonly tags: readonly string[];
  readonly tagNames: readonly string[];
  readonly labels: Labels;
  readonly annotations: readonly string[];
  /** Texts by output name. */
  readonly bakeFiles: Readonly<Record<BakeFile, string>>;
}

/** From an event to tags, labels and annotations; every problem of the inputs at once. */
export async function makeTags(
  request: TagRequest,
  event: TagEvent,
  tools: TagTools,
): Promise<TagResult> {
  const { images, draft, ...given } = readRequest(request, event, tools);
  const chosen = chooseTags(draft, await versionsFor(request, draft, images, tools));
  if (chosen.tags.length === 0) nothingGiven(request, chosen, tools);
  const tags =
    images.length === 0
      ? chosen.tags
      : images.flatMap((image) => chosen.tags.map((tag) => `${image}:${tag}`));
  const { version, versionTags, explanation } = chosen;
  const labels = labelsOf(given.labels, event, version);
  const annotated = labelsOf(given.annotations, event, version);
  const annotations = annotationLines(annotated, request.annotationLevels);
  const metadata = { images, version, tags, labels, annotations };
  return {
    ...metadata,
    versionTags,
    explanation,
    tagNames: chosen.tags,
    bakeFiles: bakeFiles(metadata, request.bakeTarget),
  };
}

interface Given {
  readonly images: readonly string[];
  readonly draft: Draft;
  readonly labels: GivenLabels;
  readonly annotations: GivenLabels;
}

/** What the inputs come to on this event. Throws a refusal with every problem of all of them. */
function readRequest(request: TagRequest, event: TagEvent, { warn }: TagTools): Given {
  const images = readImageNames(request.images);
  const read = readRules(request.tags);
  const flavor = readFlavor(request.flavor);
  const draft = draftTags(read.rules, flavor.flavor, event);
  const labels = readLabels('labels', request.labels, event);
  const annotations = readLabels('annotations', request.annotations, event);
  for (const { warnings } of [read, labels, annotations]) warnings.forEach(warn);
  const all = [images, read, flavor, draft, labels, annotations];
  const problems = all.flatMap((one) => one.problems);
  if (problems.length > 0) throw refusal('the inputs of this step', problems);
  return { images: images.names, draft, labels, annotations };
}

/** null = moving tags always move. */
async function versionsFor(
  { movingTags }: TagRequest,
  draft: Draft,
  images: readonly string[],
  { gitTags, imageTags }: TagTools,
): Promise<readonly string[] | null> {
  if (movingTags === 'always') return null;
  if (!draft.asksForVersions) return [];
  return knownVersions(draft, { gitTags, imageTags: () => imageTags(images) });
}

function nothingGiven(
  { failOnEmpty }: TagRequest,
  { explanation }: ChosenTags,
  { warn }: TagTools,
): void {
  const message = 'No Docker tag has been generated. Check tags input.';
  const hint = explanation.map(({ rule, why }) => `${rule}: ${why}`).join('\n');
  if (failOnEmpty) throw new ShiplockError(message, { hint, fault: 'user' });
  warn(`${message}\n${hint}`);
}
