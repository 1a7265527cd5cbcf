import { startLoad } from '../load/load';
import type { LoadReport } from '../load/tally';
import type { Site } from './site';

/** Visitors of a site, some on a new connection for each request, some on kept ones. */
export interface Visitors {
  /** What failed since the last time this was asked, in words; empty = nothing. */
  failures(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Lets visitors come at a constant rate, `rate` a second of each kind. */
export async function letVisitorsIn(
  site: Pick<Site, 'origin' | 'server'>,
  rate = 100,
  host = 'dinghy.test',
): Promise<Visitors> {
  const loads = await Promise.all(
    (['new', 'keep-alive'] as const).map((connections) =>
      startLoad({ url: site.origin, host, rate, connections }),
    ),
  );
  return {
    failures: async () => {
      const reports = await Promise.all(loads.map((load) => load.mark()));
      const words = reports.flatMap(wordsOf);
      if (reports.every(({ failed }) => failed === 0)) return words;
      const since = Math.min(...reports.map(({ startedAt }) => startedAt));
      return [...words, ...(await proxyLog(site, since))];
    },
    stop: async () => {
      await Promise.all(loads.map((load) => load.stop()));
    },
  };
}

/** What the proxy wrote since a moment (epoch milliseconds): nginx and Caddy name their errors there, nginx each answer that went wrong as well. */
async function proxyLog({ server }: Pick<Site, 'server'>, since: number): Promise<string[]> {
  const at = new Date(since).toISOString();
  const script =
    'for id in $(docker ps --quiet --filter publish=80); do docker logs --timestamps --since "$1" "$id" 2>&1; done';
  const { stdout } = await server.exec(['sh', '-c', script, 'sh', at]);
  const lines = stdout.split('\n').filter((line) => line !== '');
  const errors = lines.filter((line) =>
    /\[(warn|error|crit|alert|emerg)\]|"level":"(warn|error)"/.test(line),
  );
  return [
    ...errors.slice(0, 30).map((line) => `proxy: ${line}`),
    `proxy: ${errors.length} errors and ${lines.length - errors.length} other lines since then`,
  ];
}

function wordsOf({ failed, sent, examples }: LoadReport): string[] {
  if (sent === 0) return ['no request was sent'];
  if (failed === 0) return [];
  return [`${failed} of ${sent} failed`, ...examples.map((example) => JSON.stringify(example))];
}
