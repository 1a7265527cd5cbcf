import type { DeployReport, HostReport } from './deploy-report';
import { seconds } from './durations';
import { code, table } from './markdown';
import { proof } from './verdict-line';
import { stateWords } from './words';

const mostHosts = 50;
const mostServices = 12;

/** One row a host: verdict, slot, releases, digests, seconds. */
export function hostTable(report: DeployReport): string {
  const shown = report.hosts.slice(0, mostHosts);
  const rows = shown.map((host) => [
    code(host.host),
    `${host.verdict}${host.state === null ? '' : ` (${host.state})`}`,
    host.slot ?? '',
    host.release === null ? '' : code(host.release),
    host.previous === null ? '' : code(host.previous),
    digests(host),
    seconds(host.durationMs),
  ]);
  const header = ['host', 'verdict', 'slot', 'release', 'previous', 'digests', 'time'];
  return [table(header, rows), legend(report), rest(report.hosts.length - shown.length)]
    .filter((part) => part !== '')
    .join('\n\n');
}

function digests(host: HostReport): string {
  const all = Object.entries(host.digests);
  const shown = all.slice(0, mostServices);
  const more = all.length > shown.length ? [`and ${all.length - shown.length} more`] : [];
  return [
    ...shown.map(([name, digest]) => `${code(name, 60)} ${code(shortDigest(digest))}`),
    ...more,
  ].join('<br>');
}

/** `repo@sha256:0123456789abcdef…` → `0123456789ab`; what is no digest stays as it is. */
function shortDigest(digest: string): string {
  return /sha256:([0-9a-f]{12})/.exec(digest)?.[1] ?? digest;
}

function legend(report: DeployReport): string {
  const states = new Set(report.hosts.map((host) => host.state));
  return Object.entries(stateWords)
    .filter(([state]) => states.has(state as HostReport['state']))
    .map(([state, meaning]) => `\`${state}\`: ${meaning}`)
    .join(' · ');
}

function rest(count: number): string {
  return count > 0 ? `_and ${count} more hosts, see the output \`report\`_` : '';
}

/** What was proven on each host, from its journal; empty when no step of proof was completed. */
export function proofTable(report: DeployReport): string {
  const rows = report.hosts
    .slice(0, mostHosts)
    .map((host) => [code(host.host), proof(host)])
    .filter(([, proven]) => proven !== '');
  return rows.length === 0 ? '' : table(['host', 'proven'], rows);
}
