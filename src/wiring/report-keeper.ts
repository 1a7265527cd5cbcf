import { onOneHost } from '../transactions/release/one-host';
import { followKeeper } from '../transactions/release/follow-keeper';
import type { ActionState } from '../platform/github/run-action';
import {
  readConfig,
  recallKeeper,
  releaseTools,
  runFacts,
  type ReleaseContext,
} from './release-run';

/** GitHub gives a cancelled job five minutes in all. */
const patienceMs = 240_000;

/** What became of a keeper whose end main did not see: follows it to its end and says it. */
export async function reportKeeper(
  context: ReleaseContext & { readonly state: ActionState },
): Promise<void> {
  const container = recallKeeper(context.state);
  if (container === null) return;
  const { log, signal } = context;
  const request = { config: await readConfig(context), facts: runFacts(context) };
  log.line('This job ended before the release did. The server ends it by itself; here is how.');
  const { outcome } = await onOneHost(request, releaseTools(context), (run) =>
    followKeeper(run, container, {
      deadlineMs: patienceMs,
      signal,
      onRecord: (record) => {
        run.tools.tell(record);
      },
    }),
  );
  if (outcome === null) {
    log.warning('The release still goes on on the server; its end was not seen from here.');
    return;
  }
  const reason = outcome.reason === null ? '' : `, ${outcome.reason}`;
  log.warning(`The release ended on the server: ${outcome.verdict} (${outcome.state})${reason}`);
}
