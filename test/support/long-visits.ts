import { openSocket, type SocketReport } from './load-socket';
import { openStream, type StreamReport } from './load-stream';
import type { RunHandle, RunResult } from './runner';

const seconds = 10;

/** How long visits fared that began before a deploy's switch. */
export interface Through {
  readonly result: RunResult;
  /** They were all open when the new version served already. */
  readonly openAtBake: boolean;
  readonly ended: readonly (SocketReport | StreamReport)[];
}

/**
 * Opens a WebSocket and a stream of server-sent events of 10 s at a site of the dinghy app as soon as a deploy has pulled, and
 * follows both to their ends.
 */
export async function visitThrough(run: RunHandle, url: string, host: string): Promise<Through> {
  await run.seen(/^✓ pull/);
  const visits = [openSocket({ url, host, seconds }), openStream({ url, host, seconds })];
  await Promise.all(visits.map(({ opened }) => opened));
  const open = new Set(visits);
  for (const visit of visits) void visit.ended.then(() => open.delete(visit));
  await run.seen(/^▸ bake/);
  const openAtBake = open.size === visits.length;
  const result = await run.done;
  return { result, openAtBake, ended: await Promise.all(visits.map(({ ended }) => ended)) };
}

/** The report of a visit that one version served to its end. */
export const whole = (version: string): Partial<StreamReport> => ({
  completed: true,
  versions: [version],
});
