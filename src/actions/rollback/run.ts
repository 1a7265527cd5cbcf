import type { ActionContext, RunResult } from '../../platform/run-action';
import { rollBack } from '../../transactions/roll-back';
import { reportKeeper } from '../../wiring/report-keeper';
import {
  readConfig,
  releaseTools,
  rememberKeeper,
  resultOf,
  runFacts,
  tellRest,
} from '../../wiring/release-run';
import type { contract } from './contract';

type Context = ActionContext<typeof contract.inputs>;

/** Inputs to one rollback and its report. */
export async function run(context: Context): Promise<RunResult<typeof contract.outputs>> {
  const { inputs, state } = context;
  const report = await rollBack(
    {
      config: await readConfig(context),
      facts: runFacts(context),
      version: inputs.version,
      env: Object.fromEntries(inputs.env),
      dryRun: inputs['dry-run'],
      onKeeper: (container) => {
        rememberKeeper(state, container);
      },
    },
    releaseTools(context),
  );
  rememberKeeper(state, null);
  tellRest(context.log, report);
  return resultOf(report);
}

/** After a cancel: what the server made of it, told truthfully. */
export function post(context: Context): Promise<void> {
  return reportKeeper(context);
}
