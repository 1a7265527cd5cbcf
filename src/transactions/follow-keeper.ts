import type { JournalRecord, Outcome } from '../domain/records/journal';
import type { HostAddress } from '../config/host-address';
import { readKeeper } from '../operations/keeper-link';
import { EngineError, messageOf } from '../errors';
import type { DeployTools, Session } from './deploy-tools';

const pauseMs = 500;

/** A keeper on a host, and how to find it again after the connection was lost. */
export interface FollowedKeeper {
  readonly address: HostAddress;
  readonly docker: readonly string[];
  readonly container: string;
}

/** What was seen of a keeper; `outcome` null = its end was not seen in time. */
export interface Followed {
  readonly records: readonly JournalRecord[];
  readonly outcome: Outcome | null;
}

/**
 * Follows a keeper to its end record, over lost connections and restarts of the server. Nothing here has a say in how
 * it ends. @param deadlineMs from now; after it the outcome is unknown
 */
export async function followKeeper(
  tools: DeployTools,
  session: Session,
  keeper: FollowedKeeper,
  options: {
    readonly deadlineMs: number;
    readonly signal: AbortSignal;
    readonly onRecord: (record: JournalRecord) => void;
  },
): Promise<Followed> {
  const records: JournalRecord[] = [];
  const end = tools.clock.monotonic() + options.deadlineMs;
  const stop = AbortSignal.any([options.signal, AbortSignal.timeout(options.deadlineMs)]);
  let current = session;
  let lastTrouble = '';
  while (!stop.aborted && tools.clock.monotonic() < end) {
    try {
      for await (const record of readKeeper(
        current.engine,
        keeper.container,
        records.at(-1)?.seq ?? 0,
        stop,
      )) {
        records.push(record);
        options.onRecord(record);
        if (record.outcome !== undefined) return { records, outcome: record.outcome };
      }
    } catch (thrown) {
      if (thrown instanceof EngineError && thrown.status === 404) break;
      const trouble = messageOf(thrown);
      if (trouble !== lastTrouble)
        tools.tell({
          step: 'keeper',
          phase: 'note',
          text: `connection lost, the server goes on by itself: ${trouble}`,
        });
      lastTrouble = trouble;
      current = (await reconnect(tools, keeper, current, session)) ?? current;
    }
    await tools.clock.sleep(pauseMs, stop);
  }
  if (current !== session) await current.close().catch(() => undefined);
  return { records, outcome: null };
}

async function reconnect(
  tools: DeployTools,
  keeper: FollowedKeeper,
  current: Session,
  first: Session,
): Promise<Session | null> {
  if (current !== first) await current.close().catch(() => undefined);
  return tools.connect(keeper.address, keeper.docker).catch(() => null);
}
