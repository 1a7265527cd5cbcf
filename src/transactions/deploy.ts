import type { Config } from '../config/config';
import { formatHostAddress } from '../config/host-address';
import type { Plan } from '../domain/records/plan';
import { nextRelease } from '../domain/release/choose-target';
import type { DeployReport } from '../report/deploy-report';
import type { PackedFile } from '../platform/tar';
import { beginReport, endReport, type ReportDraft } from './build-report';
import { describePlan } from './describe-plan';
import type { DeployTools, RunFacts, Session } from './deploy-tools';
import { draftRelease, type Draft } from './draft';
import { releaseFiles, settingsOf } from './release-source';
import { makePlan } from './make-plan';
import { onlyHost, withSession } from './one-host';
import { chooseImages, preflight, type Preflight } from './preflight';
import { releaseOnHost } from './release-on-host';
import { takeLease } from './take-lease';

/** What is to be released. */
export interface DeployRequest {
  readonly config: Config;
  readonly facts: RunFacts;
  readonly version: string;
  /** Compose files of the checkout. */
  readonly files: readonly PackedFile[];
  /** Lines of the input `images`. */
  readonly images: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly dryRun: boolean;
  /** Called once the keeper runs, so that another process can find it. */
  readonly onKeeper: (deploy: string, container: string) => void;
}

/** The release transaction on one host: look, preflight, lease, then the new slot up under the keeper's eyes, and its end. */
export async function deploy(request: DeployRequest, tools: DeployTools): Promise<DeployReport> {
  const { config, facts } = request;
  const address = onlyHost(config);
  const report = beginReport('deploy', request, formatHostAddress(address), tools.clock);
  return withSession(tools, address, facts, async (session) => {
    const before = await preflight(session, tools, request);
    const { draft, plan } = await planDeploy(session, tools, request, before);
    if (request.dryRun) {
      const lines = describePlan({ plan, draft, stack: before.stack, seen: before.seen });
      return endReport(report, { plan, dryRun: lines }, tools.clock);
    }
    const { seen, stack } = before;
    const keeperHash = await takeLease(session, tools, {
      config,
      facts,
      seen,
      stack,
      plan,
      files: releaseFiles(draft, {
        compose: stack.compose,
        settings: settingsOf(config),
        env: { ...request.env },
      }),
    });
    tools.tell({
      step: 'lease',
      phase: 'done',
      text: `${plan.target.release.id} goes into ${plan.target.slot}`,
    });
    const done = await releaseOnHost(session, tools, {
      address,
      plan,
      stack,
      facts,
      keeperHash,
      rendered: draft.slot,
      missingShared: stack.shared.filter((name) => !(seen.project?.running ?? []).includes(name)),
      onKeeper: (container) => {
        request.onKeeper(plan.deploy, container);
      },
    });
    return endReport(report, { plan, done }, tools.clock);
  });
}

async function planDeploy(
  session: Session,
  tools: DeployTools,
  request: DeployRequest,
  { seen, stack }: Preflight,
): Promise<{ readonly draft: Draft; readonly plan: Plan }> {
  const { config, facts, version, env } = request;
  const images = await chooseImages(session, request, stack);
  const deployId = newDeployId(tools);
  const draft = draftRelease(stack, config, {
    ...nextRelease(seen.facts.ledger, version),
    version,
    deploy: deployId,
    createdAt: new Date(tools.clock.now()).toISOString(),
    images,
    env,
    base: seen.base,
    hash: (text) => tools.hash(text, stack.token),
  });
  const epoch = (seen.facts.lease?.epoch ?? 0) + 1;
  const { token } = stack;
  const plan = makePlan({
    kind: 'deploy',
    config,
    facts,
    seen,
    stack,
    deploy: deployId,
    epoch,
    token,
    target: draft.target,
    startTarget: false,
  });
  return { draft, plan };
}

/** Sorts by time and cannot be guessed. */
export function newDeployId({ clock, random }: Pick<DeployTools, 'clock' | 'random'>): string {
  return `${new Date(clock.now()).toISOString().replace(/\D/g, '').slice(0, 14)}-${random(4)}`;
}
