import { annotationLines, readLabels, type Labels } from '../domain/tags/labels';
import { bakeFiles, type BakeFile } from '../domain/tags/bake-files';
import { chooseTags, draftTags, type ChosenTags, type Draft } from '../domain/tags/choose-tags';
import { readFlavor } from '../domain/tags/flavor';
import { readImageNames } from '../domain/tags/image-names';
import { readRules } from '../domain/tags/read-rules';
import type { TagEvent } from '../domain/tags/tag-event';
import { refusal, type Problem } from '../domain/problem';
import { ShiplockError, messageOf } from '../errors';

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

export interface TagTools {
  /** Every tag of the repository; throws when nobody can tell all of them. */
  readonly gitTags: () => Promise<readonly string[]>;
  readonly warn: (text: string) => void;
}

/** What an image is to be built with. */
export interface TagResult extends Pick<ChosenTags, 'version' | 'explanation'> {
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
  const read = readRules(request.tags);
  const { flavor, problems: flavorProblems } = readFlavor(request.flavor);
  const { names: images, problems: imageProblems } = readImageNames(request.images);
  read.warnings.forEach(tools.warn);
  const draft = draftTags(read.rules, flavor, event);
  refuse([...imageProblems, ...read.problems, ...flavorProblems, ...draft.problems]);
  const chosen = chooseTags(draft, await knownTags(request, draft, tools));
  if (chosen.tags.length === 0) nothingGiven(request, chosen, tools);
  const labels = labelsOf('labels', request, event, chosen.version, tools);
  const annotated = labelsOf('annotations', request, event, chosen.version, tools);
  const tags =
    images.length === 0
      ? chosen.tags
      : images.flatMap((image) => chosen.tags.map((tag) => `${image}:${tag}`));
  const { version, explanation } = chosen;
  const annotations = annotationLines(annotated, request.annotationLevels);
  const metadata = { images, version, tags, labels, annotations };
  return {
    ...metadata,
    explanation,
    tagNames: chosen.tags,
    bakeFiles: bakeFiles(metadata, request.bakeTarget),
  };
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw refusal('the inputs of this step', problems);
}

/** null = moving tags always move. Versions that nobody can tell must not look like the highest one. */
async function knownTags(
  { movingTags }: TagRequest,
  { asksForVersions }: Draft,
  { gitTags }: TagTools,
): Promise<readonly string[] | null> {
  if (movingTags === 'always') return null;
  if (!asksForVersions) return [];
  try {
    return await gitTags();
  } catch (cause) {
    throw new ShiplockError(
      `It is not known which versions there are, and so not whether this one is the highest: ${messageOf(cause)}`,
      {
        hint: 'Check out with `fetch-depth: 0`, or give `github-token` with `contents: read`, or let the tags move with every version: `moving-tags: always`.',
        fault: 'user',
        cause,
      },
    );
  }
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

function labelsOf(
  input: 'labels' | 'annotations',
  request: TagRequest,
  event: TagEvent,
  version: string,
  { warn }: TagTools,
): Labels {
  try {
    const { labels, warnings } = readLabels(request[input], event, version);
    warnings.forEach(warn);
    return labels;
  } catch (thrown) {
    const says = messageOf(thrown).replaceAll(/\s+/g, ' ');
    const fix = 'correct the expression';
    throw refusal('the inputs of this step', [{ path: `input ${input}`, says, fix }]);
  }
}
