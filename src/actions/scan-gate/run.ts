import type { ActionContext, RunResult } from '../../platform/github/run-action';
import { judgeReports } from '../../transactions/scan/judge-scan';
import { scanMachine } from '../../wiring/scan-machine';
import type { contract } from './contract';
import { readRequest } from './read-request';
import { showResult } from './show-result';

/** From reports to one verdict, and every view of it. */
export async function run(
  context: ActionContext<typeof contract.inputs>,
): Promise<RunResult<typeof contract.outputs>> {
  const { inputs } = context;
  const request = readRequest(inputs);
  const machine = scanMachine(context, {
    token: inputs['github-token'],
    key: inputs['fingerprint-key'] ?? '',
    category: inputs.category,
    mirror: inputs['tool-mirror'],
  });
  const judgement = await judgeReports(request, machine);
  return showResult(judgement, machine, context);
}
