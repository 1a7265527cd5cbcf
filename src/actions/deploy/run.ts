import type { ActionContext, RunResult } from '../../platform/run-action';
import { deploy } from '../../transactions/deploy';
import { readCheckout } from '../../wiring/read-checkout';
import { runRelease } from '../../wiring/release-run';
import type { contract } from './contract';

/** Inputs to one deploy and its report. */
export function run(
  context: ActionContext<typeof contract.inputs>,
): Promise<RunResult<typeof contract.outputs>> {
  const { inputs, env, workspace } = context;
  const version = inputs.version ?? (env.refType === 'tag' ? env.refName : env.sha.slice(0, 12));
  return runRelease(context, { kind: 'deploy', version }, async (request, tools) => {
    const checkout = await readCheckout(request.config, workspace);
    return deploy({ ...request, ...checkout, version, images: inputs.images }, tools);
  });
}
