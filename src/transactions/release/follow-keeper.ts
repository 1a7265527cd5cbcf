import type { JournalRecord, Outcome } from '../../domain/records/journal';
import { EngineError, messageOf } from '../../errors';
import { readKeeper } from '../../operations/release/keeper-link';
import type { HostRun, Session } from './deploy-tools';

const pauseMs = 500;

/** What was seen of a keeper; `outcome` null = its end was not seen in time. */
export interface Followed {
  readonly records: readonly JournalRecord[];
  readonly outcome: Outcome | null;
}

export interface FollowOptions {
  /** From now; after it the outcome is unknown. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly onRecord: (record: JournalRecord) => void;
}

/** Follows a keeper to its end record, over lost connections and restarts of the server. Nothing here has a say in how it ends. */
export async function followKeeper(
  run: HostRun,
  container: string,
  options: FollowOptions,
): Promise<Followed> {
  const { tools, session } = run;
  const records: JournalRecord[] = [];
  const stop = AbortSignal.any([options.signal, AbortSignal.timeout(options.deadlineMs)]);
  let current = session;
  let told = '';
  for (;;) {
    const trouble = await readOn(current, container, records, stop, options.onRecord);
    if (stop.aborted || trouble === 'gone' || records.at(-1)?.outcome !== undefined) break;
    if (trouble !== null) {
      const text = `the connection is lost, the server goes on by itself: ${trouble}`;
      if (text !== told) tools.tell({ step: 'keeper', phase: 'note', text });
      told = text;
      current = await reconnect(run, current);
    }
    await tools.clock.sleep(pauseMs, stop);
  }
  if (current !== session) await current.close().catch(() => undefined);
  return { records, outcome: records.at(-1)?.outcome ?? null };
}

/** Reads until the end record or until reading stops. @returns null when the keeper paused, `gone` when there is none, else what went wrong */
async function readOn(
  { engine }: Session,
  container: string,
  records: JournalRecord[],
  signal: AbortSignal,
  onRecord: (record: JournalRecord) => void,
): Promise<string | null> {
  try {
    const after = records.at(-1)?.seq ?? 0;
    for await (const record of readKeeper(engine, container, after, signal)) {
      records.push(record);
      onRecord(record);
    }
    return null;
  } catch (thrown) {
    return thrown instanceof EngineError && thrown.status === 404 ? 'gone' : messageOf(thrown);
  }
}

/** A new connection, or the old one when there is none to be had yet. */
async function reconnect(
  { tools, address, facts, config, session }: HostRun,
  current: Session,
): Promise<Session> {
  const next = await tools.connect(address, facts.docker, config.proxyJump).catch(() => null);
  if (next === null) return current;
  if (current !== session) await current.close().catch(() => undefined);
  return next;
}
