import { withSession, onlyHost } from '../transactions/one-host';
import { followKeeper } from '../transactions/follow-keeper';
import type { ActionState } from '../platform/run-action';
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
  const keeper = recallKeeper(context.state);
  if (keeper === null || keeper.container === '') return;
  const { log, signal } = context;
  const config = await readConfig(context);
  const tools = releaseTools(context);
  const facts = runFacts(context);
  const address = onlyHost(config);
  log.line(
    `This job ended before deploy ${keeper.deploy} did. The server ends it by itself; here is how.`,
  );
  const { outcome } = await withSession(tools, address, facts, (session) =>
    followKeeper(
      tools,
      session,
      { address, docker: facts.docker, container: keeper.container },
      {
        deadlineMs: patienceMs,
        signal,
        onRecord: tools.tell,
      },
    ),
  );
  log.warning(
    outcome === null
      ? 'The release still goes on on the server; its end was not seen from here.'
      : `The release ended on the server: ${outcome.verdict} (${outcome.state})${outcome.reason === null ? '' : `, ${outcome.reason}`}`,
  );
}
