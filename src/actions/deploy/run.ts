import type { ActionContext, RunResult } from '../../platform/run-action';
import { deploy } from '../../transactions/deploy';
import { reportKeeper } from '../../wiring/report-keeper';
import {
  readComposeFiles,
  readConfig,
  releaseTools,
  rememberKeeper,
  resultOf,
  runFacts,
  tellRest,
} from '../../wiring/release-run';
import type { contract } from './contract';

type Context = ActionContext<typeof contract.inputs>;

/** Inputs to one deploy and its report. */
export async function run(context: Context): Promise<RunResult<typeof contract.outputs>> {
  const { inputs, env, state, workspace } = context;
  const config = await readConfig(context);
  const report = await deploy(
    {
      config,
      facts: runFacts(context),
      version: inputs.version ?? (env.refType === 'tag' ? env.refName : env.sha.slice(0, 12)),
      files: await readComposeFiles(config, workspace),
      images: inputs.images,
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
