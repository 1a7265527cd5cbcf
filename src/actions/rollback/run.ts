import { ShiplockError } from '../../errors';
import type { ActionContext, RunResult } from '../../platform/run-action';
import type { contract } from './contract';

type Inputs = typeof contract.inputs;
type Outputs = typeof contract.outputs;

/** Inputs to one rollback and its report. */
export function run(context: ActionContext<Inputs>): Promise<RunResult<Outputs>> {
  context.log.line('Shiplock rollback');
  throw new ShiplockError('The transaction is not joined to this action', { fault: 'bug' });
}
