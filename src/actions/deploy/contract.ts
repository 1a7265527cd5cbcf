import { defineAction } from '../../contract/define-action';
import { lines, text } from '../../contract/input-fields';
import { jsonOutput } from '../../contract/output-fields';
import { gateInputs, gateRules } from '../../contract/backup-fields';
import {
  accessRules,
  hostInputs,
  imageInputs,
  releaseOutputs,
  switchInputs,
} from '../../contract/release-fields';
import { versionFormat, versionPattern } from '../../domain/release/version-name';
import { deployReport } from '../../report/deploy-report';

export const contract = defineAction({
  name: 'deploy',
  title: 'Shiplock deploy',
  description:
    'Releases a Docker Compose app to your own servers, blue to green, and goes back by itself when the new version does not hold.',
  post: true,
  permissions: [
    { scope: 'contents', access: 'read', why: 'to check out the compose files and shiplock.yml' },
  ],
  inputs: {
    ...hostInputs,
    version: text('Name of this release, for example `v1.4.2`.', {
      fallback: 'the tag that started the run, else the first 12 characters of the commit',
      pattern: { regex: versionPattern, format: `Write ${versionFormat}.` },
    }),
    images: lines(
      'Images to release, one per line: `service=repo:tag` or `service=repo@sha256:…`, or one image without a service for all of them.',
      {
        fallback: 'the images in the compose files',
        format: 'Write service=repo:tag or service=repo@sha256:…, one per line.',
      },
    ),
    ...imageInputs,
    ...switchInputs,
    ...gateInputs,
  },
  outputs: {
    ...releaseOutputs,
    report: jsonOutput(deployReport, 'Everything that is known about the run, as JSON.'),
  },
  rules: [...accessRules, ...gateRules],
});
