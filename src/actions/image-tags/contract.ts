import { z } from 'zod';
import { defineAction } from '../../contract/define-action';
import { image, size } from '../../contract/image-fields';
import { block, choice, flag, secret, separator, text, token } from '../../contract/input-fields';
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
    'Tags, labels and annotations for an image from the git event, by the rules of docker/metadata-action, and promotion of an image to them byte for byte; moving tags go with the highest version only, version tags can be kept from moving, and every rule is explained.',
  permissions: [
    {
      scope: 'contents',
      access: 'read',
      why: 'to read the tags of the repository when the checkout has not all of them',
    },
    {
      scope: 'packages',
      access: 'write',
      why: 'for `promote` at ghcr.io with the token of the job; `read` is enough for `immutable` before a build, and neither is needed for other registries',
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
    promote: image(
      'An image that exists, as `registry/repository@sha256:…` or by a tag: it gets the computed tags, byte for byte, and nothing is built.',
      { fallback: 'nothing is promoted' },
    ),
    immutable: flag(
      'Whether a tag of one version (`1.2.3`) that exists in the registry is kept from getting another digest. Before a build any that exists fails the step.',
      { fallback: '`true` with `promote`, else `false`' },
    ),
    'max-image-size': size(
      'What the image in `promote` may take on each platform, uncompressed, in decimal units: `500MB`.',
      { fallback: 'not measured' },
    ),
    'registry-username': text('User name at the registry of the first image in `images`.', {
      fallback: 'the `docker login` of the job, if there is one',
    }),
    'registry-password': secret('Password or token for that registry; it goes to no other.', {
      fallback: 'the `docker login` of the job, if there is one',
    }),
    'dry-run': flag('Print which tags `promote` would write, and write nothing.'),
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
    digest: textOutput('Digest of the image in `promote`.'),
    explanation: jsonOutput(
      z.array(explained),
      'What each rule gave, and why; with `promote` also what became of each tag.',
    ),
  },
  rules: [
    {
      inputs: ['registry-username', 'registry-password'],
      holds: (inputs) =>
        (inputs['registry-username'] === undefined) === (inputs['registry-password'] === undefined),
      problem: 'and registry-password belong together, but only one of them is given',
      fix: 'Give both, or neither: then the docker login of the job counts.',
    },
    {
      inputs: ['max-image-size', 'promote'],
      holds: (inputs) => inputs['max-image-size'] === undefined || inputs.promote !== undefined,
      problem: 'is given, but promote is not: before a build there is no image to measure',
      fix: 'Name the image in promote, or leave max-image-size out.',
    },
    {
      inputs: ['immutable', 'images', 'promote'],
      holds: ({ immutable, images, promote }) =>
        immutable !== true || images.trim() !== '' || promote !== undefined,
      problem: 'is true, but no image is named whose tags could be looked at',
      fix: 'Name the image in images.',
    },
  ],
});
