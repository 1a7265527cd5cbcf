import type { DeployReport } from '../../report/deploy-report';
import { beginReport, endReport } from './build-report';
import type { DeployTools, ReleaseRequest } from './deploy-tools';
import { describePlan } from './describe-plan';
import { withoutProblems } from './findings';
import { onOneHost } from './one-host';
import { planRollback, type RollbackAim } from './plan-rollback';
import { standingAfterRollback } from './read-standing';
import { releaseOnHost } from './release-on-host';
import { releaseFiles } from './release-source';
import { sendBack } from './send-back';
import { survey } from './survey';
import { takeLease } from './take-lease';

export type RollbackRequest = ReleaseRequest & RollbackAim;

/** Returns to a release on record: to its containers where they are still there, else made again from its digests. */
export async function rollBack(
  request: RollbackRequest,
  tools: DeployTools,
): Promise<DeployReport> {
  const report = beginReport('rollback', request, tools.clock);
  return onOneHost(request, tools, async (today) => {
    const seen = await survey(today, null);
    const [keeper] = seen.keepers;
    if (keeper !== undefined && !request.dryRun) {
      return sendBack(today, report, { seen, keeper, version: request.version });
    }
    const { run, before, release, plan, draft, source } = await withoutProblems(
      today.session.host.name,
      (findings) => planRollback(today, request, seen, findings),
    );
    if (request.dryRun) {
      const dryRun = await describePlan(run, { before, plan, draft, source: null, backups: [] });
      const standing = await standingAfterRollback(run, before, plan, null);
      return endReport(report, { plan, warnings: before.warnings, standing, dryRun }, tools.clock);
    }
    const files = draft === null || source === null ? [] : releaseFiles(draft, source);
    const keeperHash = await takeLease(run, before, plan, files);
    const how = draft === null ? 'its containers are still there' : 'made again from its digests';
    const text = `back to ${release.id} in ${plan.target.slot}: ${how}`;
    tools.tell({ step: 'lease', phase: 'done', text });
    const done = await releaseOnHost(run, {
      plan,
      before,
      // A rollback moves no data.
      gate: { kind: 'none' },
      keeperHash,
      rendered: draft?.slot ?? null,
      onKeeper: request.onKeeper,
    });
    const standing = await standingAfterRollback(run, before, plan, done.outcome);
    return endReport(report, { plan, warnings: before.warnings, standing, done }, tools.clock);
  });
}
