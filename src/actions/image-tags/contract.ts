import { z } from 'zod';
import { defineAction } from '../../contract/define-action';
import { block, choice, flag, separator, text, token } from '../../contract/input-fields';
import { blockOutput, jsonOutput, textOutput } from '../../contract/output-fields';

const explained = z.object({
  rule: z.string(),
  line: z.number(),
  tag: z.string().nullable(),
  why: z.string(),
});

const metadata = z.object({
  tags: z.array(z.string()),
  'tag-names': z.array(z.string()),
  labels: z.record(z.string(), z.string()),
  annotations: z.array(z.string()),
});

const bakeFile = (holds: string) => textOutput(`Path of a bake file with the ${holds}.`);

export const contract = defineAction({
  name: 'image-tags',
  title: 'Shiplock image-tags',
  description:
    'Tags, labels and annotations for an image from the git event, by the rules of docker/metadata-action; moving tags go with the highest version only, and every rule is explained.',
  permissions: [
    {
      scope: 'contents',
      access: 'read',
      why: 'to read the tags of the repository when the checkout has not all of them',
    },
  ],
  inputs: {
    context: choice(
      ['workflow', 'git'],
      'Where ref and commit come from: the event, or the checkout.',
      { default: 'workflow' },
    ),
    images: block('Images to tag, one per line: `registry/repository`.', {
      fallback: 'tag names alone',
    }),
    tags: block('Rules, one per line; docs/image-tags.md lists them.', {
      fallback: 'the branch, the tag, the pull request, or `nightly`',
    }),
    flavor: block('What holds for all tags: `latest=auto`, `prefix=`, `suffix=`.'),
    labels: block('More labels, one `key=value` per line.'),
    annotations: block('More annotations, one `key=value` per line.'),
    'sep-tags': separator('What stands between two tags in the output.'),
    'sep-labels': separator('What stands between two labels in the output.'),
    'sep-annotations': separator('What stands between two annotations in the output.'),
    'bake-target': text('Target of the bake files.', { default: 'docker-metadata-action' }),
    'github-token': token('Token that reads the repository.'),
    'moving-tags': choice(
      ['highest', 'always'],
      'Whether `latest`, major and minor tags move only to the highest version of their line, or to every one.',
      { default: 'highest' },
    ),
    'fail-on-empty': flag('Whether a run without a single tag fails.'),
    'pr-head-sha': flag("Whether a pull request's own commit counts, not the one GitHub merges."),
  },
  outputs: {
    version: textOutput('The first tag.'),
    tags: blockOutput('All tags, with their images.'),
    'tag-names': blockOutput('All tags, without images.'),
    labels: blockOutput('Labels, `key=value` each.'),
    annotations: blockOutput('Annotations, `level:key=value` each.'),
    json: jsonOutput(metadata, 'Tags, tag names, labels and annotations.'),
    'bake-file': bakeFile('tags and labels'),
    'bake-file-tags': bakeFile('tags'),
    'bake-file-labels': bakeFile('labels'),
    'bake-file-annotations': bakeFile('annotations'),
    explanation: jsonOutput(z.array(explained), 'What each rule gave, and why.'),
  },
  rules: [],
});
