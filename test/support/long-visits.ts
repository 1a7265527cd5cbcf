import { openSocket, type SocketReport } from './load-socket';
import { openStream, type StreamReport } from './load-stream';

/** A WebSocket and a stream of server-sent events that one visitor has open. */
export interface LongVisits {
  /** Neither has ended yet. */
  open(): boolean;
  /** How they ended. */
  readonly ended: Promise<readonly (SocketReport | StreamReport)[]>;
}

/** Opens both at a site of the dinghy app; resolves once each has been sent something. */
export async function openLongVisits(
  url: string,
  host: string,
  seconds: number,
): Promise<LongVisits> {
  const visits = [openSocket({ url, host, seconds }), openStream({ url, host, seconds })];
  await Promise.all(visits.map(({ opened }) => opened));
  let over = false;
  for (const { ended } of visits)
    void ended.then(() => {
      over = true;
    });
  return { open: () => !over, ended: Promise.all(visits.map(({ ended }) => ended)) };
}
