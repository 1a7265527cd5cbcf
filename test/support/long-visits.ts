import { openSocket, type SocketReport } from './load/socket';
import { openStream, type StreamReport } from './load/stream';
import type { RunHandle, RunResult } from './runner/runner';

const seconds = 10;

/** How long visits fared beside a deploy. */
export interface Through {
  readonly result: RunResult;
  /** They were all open when the line to follow was shown. */
  readonly stayed: boolean;
  readonly ended: readonly (SocketReport | StreamReport)[];
}

/** The switch: what is open when the images are there still is when the new version serves. */
const theSwitch = [/^✓ pull/, /^▸ bake/] as const;

/**
 * Opens a WebSocket and a stream of server-sent events of 10 s at a site of the dinghy app at one line of a deploy's log, looks
 * whether they are open at another one, and follows both to their ends.
 */
export async function visitThrough(
  run: RunHandle,
  url: string,
  host: string,
  [begin, then]: readonly [RegExp, RegExp] = theSwitch,
): Promise<Through> {
  await run.seen(begin);
  const visits = [openSocket({ url, host, seconds }), openStream({ url, host, seconds })];
  await Promise.all(visits.map(({ opened }) => opened));
  const open = new Set(visits);
  for (const visit of visits) void visit.ended.then(() => open.delete(visit));
  await run.seen(then);
  const stayed = open.size === visits.length;
  const result = await run.done;
  return { result, stayed, ended: await Promise.all(visits.map(({ ended }) => ended)) };
}

/** The report of a visit that one version served to its end. */
export const whole = (version: string): Partial<StreamReport> => ({
  completed: true,
  versions: [version],
});
