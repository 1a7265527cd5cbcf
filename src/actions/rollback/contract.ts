import { defineAction } from '../../contract/define-action';
import { text } from '../../contract/input-fields';
import { jsonOutput } from '../../contract/output-fields';
import {
  accessRules,
  hostInputs,
  imageInputs,
  releaseOutputs,
  switchInputs,
} from '../../contract/release-fields';
import { deployReport } from '../../report/deploy-report';

export const contract = defineAction({
  name: 'rollback',
  title: 'Shiplock rollback',
  description:
    'Returns a Docker Compose app on your own servers to the last good release, or to a release by name.',
  post: true,
  permissions: [{ scope: 'contents', access: 'read', why: 'to check out shiplock.yml' }],
  inputs: {
    ...hostInputs,
    version: text('Version or release to return to.', { fallback: 'the last good release' }),
    ...imageInputs,
    ...switchInputs,
  },
  outputs: {
    ...releaseOutputs,
    report: jsonOutput(deployReport, 'Everything that is known about the run, as JSON.'),
  },
  rules: accessRules,
});
