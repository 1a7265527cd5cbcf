import type { DeployReport } from './deploy-report';

/** The job summary of a deploy or a rollback as GitHub-flavoured markdown, bounded far below the runner's limit of 1 MiB. */
export function deploySummary(report: DeployReport): string {
  return `## ${report.verdict}\n`;
}
