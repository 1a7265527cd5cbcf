import { startLoad } from './load';
import type { LoadReport } from './load-tally';
import type { Site } from './release-site';

/** Visitors of a site, some on a new connection for each request, some on kept ones. */
export interface Visitors {
  /** What failed since the last time this was asked, in words; empty = nothing. */
  failures(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Lets visitors come at a constant rate, `rate` a second of each kind. */
export async function letVisitorsIn(site: Site, rate = 100): Promise<Visitors> {
  const loads = await Promise.all(
    (['new', 'keep-alive'] as const).map((connections) =>
      startLoad({ url: site.origin, host: 'dinghy.test', rate, connections }),
    ),
  );
  return {
    failures: async () => (await Promise.all(loads.map((load) => load.mark()))).flatMap(wordsOf),
    stop: async () => {
      await Promise.all(loads.map((load) => load.stop()));
    },
  };
}

function wordsOf({ failed, sent, examples }: LoadReport): string[] {
  if (sent === 0) return ['no request was sent'];
  if (failed === 0) return [];
  return [`${failed} of ${sent} failed`, ...examples.map((example) => JSON.stringify(example))];
}
