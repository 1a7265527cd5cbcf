import type { InputsOf, OutputsOf } from '../../contract/define-action';
import { printOutputs } from '../../contract/print-outputs';
import type { BakeFile } from '../../domain/tags/bake-files';
import { labelLines } from '../../domain/tags/labels';
import type { TagResult } from '../../transactions/tags/make-tags';
import {
  describeTag,
  type Promoted,
  type PromotedTag,
} from '../../transactions/tags/promote-image';
import { contract } from './contract';

type Outputs = OutputsOf<typeof contract.outputs>;

/** The result as outputs. @param bakeFiles paths by output name */
export function outputsOf(
  inputs: InputsOf<typeof contract.inputs>,
  result: TagResult,
  bakeFiles: Readonly<Record<BakeFile, string>>,
  promoted: Promoted | null,
): Outputs {
  const { version, tags, tagNames, labels, annotations, explanation } = result;
  return {
    version,
    tags: tags.join(inputs['sep-tags']),
    'tag-names': tagNames.join(inputs['sep-tags']),
    labels: labelLines(labels).join(inputs['sep-labels']),
    annotations: annotations.join(inputs['sep-annotations']),
    json: {
      tags: [...tags],
      'tag-names': [...tagNames],
      labels: Object.fromEntries(labels),
      annotations: [...annotations],
    },
    ...bakeFiles,
    digest: promoted?.digest,
    explanation: [...explanation, ...(promoted?.tags ?? []).map(explainTag)],
  };
}

function explainTag(tag: PromotedTag) {
  return { rule: 'promote', line: 0, tag: tag.name, why: describeTag(tag) };
}

/** The same texts as variables of the job, under the names that docker/metadata-action gives them. */
export function variablesOf(outputs: Outputs): Record<string, string> {
  const theirs = { ...outputs, digest: undefined, explanation: undefined };
  const printed = printOutputs(contract.outputs, theirs);
  const texts = printed.ok ? [...printed.texts] : [];
  return Object.fromEntries(
    texts.map(([name, text]) => [
      `DOCKER_METADATA_OUTPUT_${name.replaceAll('-', '_').toUpperCase()}`,
      text,
    ]),
  );
}
