import type { InputsOf } from '../../contract/define-action';
import { refusal } from '../../domain/problem';
import type { TagEvent } from '../../domain/tags/tag-event';
import type { ActionContext, RunResult } from '../../platform/github/run-action';
import { tagsSummary } from '../../report/tags-summary';
import { makeTags } from '../../transactions/tags/make-tags';
import { readGitTags } from '../../transactions/tags/read-git-tags';
import { readImageTags } from '../../transactions/tags/read-image-tags';
import { readTagEvent } from '../../transactions/tags/read-tag-event';
import { openRegistries, type RegistryLogins } from '../../wiring/open-registries';
import { tagMachine, type TagMachine } from '../../wiring/tag-machine';
import { atRegistry, imagesOf, loginRegistry } from './at-registry';
import type { contract } from './contract';
import { outputsOf, variablesOf } from './outputs';

type Context = ActionContext<typeof contract.inputs>;

/** From the event and the rules to tags, labels, annotations and bake files. */
export async function run(context: Context): Promise<RunResult<typeof contract.outputs>> {
  const { inputs, log } = context;
  const machine = tagMachine(context, inputs['github-token']);
  const event = await eventOf(context, machine);
  log.line(`${event.name} of ${event.ref}, commit ${event.sha}`);
  const { warn, tell, clone, cloneTags, github } = machine;
  const open = openRegistries(loginsOf(inputs), context.signal);
  const request = {
    ...inputs,
    images: imagesOf(inputs),
    annotationLevels: machine.settings.annotationLevels,
    bakeTarget: inputs['bake-target'],
    movingTags: inputs['moving-tags'],
    failOnEmpty: inputs['fail-on-empty'],
  };
  const gitTags = (): Promise<readonly string[]> => readGitTags({ clone, cloneTags, github, tell });
  const imageTags = (images: readonly string[]): Promise<readonly string[]> =>
    readImageTags(images, open, tell);
  const result = await makeTags(request, event, { warn, gitTags, imageTags });
  for (const { rule, tag, why } of result.explanation)
    tell(tag === null ? `– ${rule}: ${why}` : `✓ ${rule} → ${tag}: ${why}`);
  result.tags.forEach(tell);
  const promoted = await atRegistry(inputs, result, open, tell);
  const outputs = outputsOf(inputs, result, machine.writeFiles(result.bakeFiles), promoted);
  const variables = machine.settings.setOutputEnv ? variablesOf(outputs) : {};
  return { outputs, variables, summary: tagsSummary(result, promoted), exitCode: 0 };
}

function loginsOf(inputs: InputsOf<typeof contract.inputs>): RegistryLogins {
  const { 'registry-username': username, 'registry-password': password } = inputs;
  return { username, password, registry: loginRegistry(inputs) };
}

function eventOf({ inputs, env }: Context, machine: TagMachine): Promise<TagEvent> {
  const { payload, clone, github, warn, settings } = machine;
  return readTagEvent(
    { env, payload, clone, github, warn, now: new Date() },
    {
      context: inputs.context,
      prHeadSha: inputs['pr-head-sha'] || settings.prHeadSha,
      shortSha: lengthOf(settings.shortShaLength),
      texts: textsOf(inputs),
    },
  );
}

function textsOf(inputs: InputsOf<typeof contract.inputs>): string {
  const { tags, flavor, labels, annotations } = inputs;
  return [tags, flavor, labels, annotations].join('\n');
}

function lengthOf(text: string): number {
  const length = text === '' ? 7 : Number(text);
  if (Number.isInteger(length) && length > 0) return length;
  const says = `${JSON.stringify(text)} is no number of characters`;
  const fix = 'write one, such as 12';
  throw refusal('the environment of this step', [
    { path: 'DOCKER_METADATA_SHORT_SHA_LENGTH', says, fix },
  ]);
}
