import type { PackedFile } from '../platform/tar';
import type { Plan } from '../domain/records/plan';
import { nextRelease } from '../domain/release/choose-target';
import type { DeployReport } from '../report/deploy-report';
import { beginReport, endReport } from './build-report';
import { newDeployId } from './deploy-id';
import type { DeployTools, HostRun, ReleaseRequest } from './deploy-tools';
import { describePlan } from './describe-plan';
import { draftRelease, type Draft } from './draft-release';
import { makePlan } from './make-plan';
import { onOneHost } from './one-host';
import { chooseImages, missingShared, preflight, type Preflight } from './preflight';
import { releaseOnHost } from './release-on-host';
import { releaseFiles, settingsOf } from './release-source';
import { survey } from './survey';
import { takeLease } from './take-lease';

/** What is to be released. */
export interface DeployRequest extends ReleaseRequest {
  readonly version: string;
  /** Compose files of the checkout. */
  readonly files: readonly PackedFile[];
  /** Lines of the input `images`. */
  readonly images: readonly string[];
}

/** The release transaction: look, preflight, lease, then the new slot up under the keeper's eyes, and its end. */
export async function deploy(request: DeployRequest, tools: DeployTools): Promise<DeployReport> {
  const report = beginReport('deploy', request, tools.clock);
  return onOneHost(request, tools, async (run) => {
    const before = preflight(run, await survey(run, request.files));
    const { draft, plan } = await planDeploy(run, request, before);
    if (request.dryRun) {
      const dryRun = describePlan(before, plan, draft);
      return endReport(report, { plan, warnings: before.warnings, dryRun }, tools.clock);
    }
    const env = { ...request.env };
    const source = { compose: before.stack.compose, settings: settingsOf(run.config), env };
    const keeperHash = await takeLease(run, before, plan, releaseFiles(draft, source));
    const { id, slot } = plan.target.release;
    tools.tell({ step: 'lease', phase: 'done', text: `${id} goes into ${slot}` });
    const done = await releaseOnHost(run, {
      plan,
      before,
      keeperHash,
      rendered: draft.slot,
      missingShared: missingShared(before),
      onKeeper: request.onKeeper,
    });
    return endReport(report, { plan, warnings: before.warnings, done }, tools.clock);
  });
}

async function planDeploy(
  run: HostRun,
  request: DeployRequest,
  before: Preflight,
): Promise<{ readonly draft: Draft; readonly plan: Plan }> {
  const { tools, config } = run;
  const { seen, stack } = before;
  const { version, env } = request;
  const images = await chooseImages(run, request.images, stack);
  const deployId = newDeployId(tools);
  const createdAt = new Date(tools.clock.now()).toISOString();
  const next = nextRelease(seen.facts.ledger, stack.live?.release ?? null, version);
  const draft = draftRelease(stack, config, {
    names: { ...next, version, deploy: deployId, createdAt },
    images,
    env,
    base: seen.base,
    hash: (text) => tools.hash(text, stack.token),
  });
  const { target } = draft;
  const plan = makePlan(run, before, {
    kind: 'deploy',
    deploy: deployId,
    target,
    startTarget: false,
  });
  return { draft, plan };
}
