import type { ActionContext, RunResult } from '../../platform/github/run-action';
import { rollBack } from '../../transactions/release/roll-back';
import { runRelease } from '../../wiring/release-run';
import type { contract } from './contract';

/** Inputs to one rollback and its report. */
export function run(
  context: ActionContext<typeof contract.inputs>,
): Promise<RunResult<typeof contract.outputs>> {
  const { version } = context.inputs;
  const asked = { kind: 'rollback', version: version ?? '' } as const;
  return runRelease(context, asked, (request, tools) => rollBack({ ...request, version }, tools));
}
