import type { Log } from '../platform/log';
import { boundedReport } from '../report/bounded-report';
import type { DeployReport } from '../report/deploy-report';
import { deploySummary } from '../report/deploy-summary';
import { planLines } from '../report/plan-section';

/** What the live log has not told yet: a dry run's plan, and what to do about a failure on the runner's side. */
export function tellRest(log: Log, { failure, dryRun }: DeployReport): void {
  for (const line of (dryRun ?? []).flatMap(planLines)) log.line(line);
  if (failure === null) return;
  log.line(failure.reason);
  if (failure.hint !== null) log.line(failure.hint);
}

const exitCodes: Readonly<Record<DeployReport['verdict'], number>> = {
  deployed: 0,
  'rolled-back': 1,
  failed: 1,
  unproven: 2,
  refused: 3,
};

/** A report as outputs, summary and exit code; a rollback that arrived is what was asked for. */
export function resultOf(report: DeployReport): {
  readonly outputs: {
    readonly verdict: DeployReport['verdict'] | undefined;
    readonly release: string | undefined;
    readonly previous: string | undefined;
    readonly slot: string | undefined;
    readonly digests: Record<string, string>;
    readonly duration: number;
    readonly report: DeployReport;
  };
  readonly summary: string;
  readonly exitCode: number;
} {
  const [host] = report.hosts;
  const arrived = report.kind === 'rollback' && report.verdict === 'rolled-back';
  return {
    outputs: {
      // A dry run decided nothing, and no later step may take it for a deploy.
      verdict: report.dryRun === null ? report.verdict : undefined,
      release: report.release ?? undefined,
      previous: report.previous ?? undefined,
      slot: host?.slot ?? undefined,
      digests: host?.digests ?? {},
      duration: report.durationMs,
      report: boundedReport(report),
    },
    summary: deploySummary(report),
    exitCode: arrived || report.dryRun !== null ? 0 : exitCodes[report.verdict],
  };
}
