import type { Config } from '../config/config';
import { formatHostAddress, type HostAddress } from '../config/host-address';
import { slotProject } from '../domain/compose/slot-names';
import type { PlacedRelease, Plan } from '../domain/records/plan';
import type { Release } from '../domain/records/release';
import { chooseTarget } from '../domain/release/choose-target';
import { ShiplockError } from '../errors';
import { findReplicas } from '../operations/find-replicas';
import type { DeployReport } from '../report/deploy-report';
import { beginReport, endReport } from './build-report';
import { newDeployId } from './deploy';
import type { DeployTools, RunFacts, Session } from './deploy-tools';
import { describePlan } from './describe-plan';
import { draftRelease, type Draft } from './draft';
import { makePlan } from './make-plan';
import { onlyHost, withSession } from './one-host';
import { preflight, type Preflight } from './preflight';
import { releaseOnHost } from './release-on-host';
import { readSource, releaseFiles, type ReleaseSource } from './release-source';
import { takeLease } from './take-lease';

/** Where to go back to, and as whom. */
export interface RollbackRequest {
  readonly config: Config;
  readonly facts: RunFacts;
  /** undefined = the last good release. */
  readonly version: string | undefined;
  /** Today's secrets; empty = those of the release. */
  readonly env: Readonly<Record<string, string>>;
  readonly dryRun: boolean;
  readonly onKeeper: (deploy: string, container: string) => void;
}

/** Returns to a release on record: to its containers where they are still there, else made again from its digests. */
export async function rollBack(
  request: RollbackRequest,
  tools: DeployTools,
): Promise<DeployReport> {
  const { config, facts } = request;
  const address = onlyHost(config);
  const report = beginReport('rollback', request, formatHostAddress(address), tools.clock);
  return withSession(tools, address, facts, async (session) => {
    const before = await preflight(session, tools, { config, facts, files: [] });
    const target = targetOf(before, request.version);
    const { plan, draft, source } = await planRollback(session, tools, request, before, target);
    if (request.dryRun) {
      const lines = describePlan({ plan, draft, stack: before.stack, seen: before.seen });
      return endReport(report, { plan, dryRun: lines }, tools.clock);
    }
    const files = draft === null ? [] : releaseFiles(draft, source);
    const keeperHash = await takeLease(session, tools, { config, facts, ...before, plan, files });
    const how = draft === null ? 'its containers are still there' : 'made again from its digests';
    tools.tell({
      step: 'lease',
      phase: 'done',
      text: `back to ${target.id} in ${plan.target.slot}: ${how}`,
    });
    const done = await releaseOnHost(
      session,
      tools,
      held(request, before, address, plan, draft, keeperHash),
    );
    return endReport(report, { plan, done }, tools.clock);
  });
}

function held(
  request: RollbackRequest,
  { stack, seen }: Preflight,
  address: HostAddress,
  plan: Plan,
  draft: Draft | null,
  keeperHash: string,
): Parameters<typeof releaseOnHost>[2] {
  return {
    address,
    plan,
    stack,
    facts: request.facts,
    keeperHash,
    rendered: draft === null ? null : { ...draft.slot, tasks: [] },
    missingShared: stack.shared.filter((name) => !(seen.project?.running ?? []).includes(name)),
    onKeeper: (container) => {
      request.onKeeper(plan.deploy, container);
    },
  };
}

function targetOf({ seen, stack }: Preflight, version: string | undefined): Release {
  const refuse = (reason: string, available: readonly string[]): ShiplockError =>
    new ShiplockError(`there is nothing to roll back to: ${reason}`, {
      hint:
        available.length === 0
          ? 'Deploy a version that is known to be good.'
          : `On record and good: ${available.join(', ')}.`,
      fault: 'user',
      verdict: 'refused',
    });
  if (stack.live === null) throw refuse('no release is live', []);
  const chosen = chooseTarget(seen.facts.ledger, stack.live.release, version);
  if (chosen.kind === 'none') throw refuse(chosen.reason, chosen.available);
  return chosen.release;
}

interface PlannedRollback {
  readonly plan: Plan;
  /** null = warm or parked. */
  readonly draft: Draft | null;
  readonly source: ReleaseSource;
}

async function planRollback(
  session: Session,
  tools: DeployTools,
  request: RollbackRequest,
  { seen, stack }: Preflight,
  release: Release,
): Promise<PlannedRollback> {
  const { config, facts } = request;
  const deploy = newDeployId(tools);
  const source = await readSource(session, seen.base, release.id);
  const env = Object.keys(request.env).length === 0 ? source.env : { ...request.env };
  const images = Object.fromEntries(release.services.map(({ name, image }) => [name, image]));
  const settings = { ...source.settings, migrate: null };
  const draft = draftRelease({ ...stack, compose: source.compose }, settings, {
    ...release,
    deploy,
    images,
    env,
    base: seen.base,
    hash: (text) => tools.hash(text, stack.token),
  });
  const parked = await findParked(session, config, release, stack.live);
  const sameSecrets = JSON.stringify(env) === JSON.stringify(source.env);
  const startTarget = parked !== null && sameSecrets;
  const target = startTarget
    ? parked
    : { ...draft.target, release: { ...release, slot: draft.target.slot } };
  const epoch = (seen.facts.lease?.epoch ?? 0) + 1;
  const { token } = stack;
  const plan = makePlan({
    kind: 'rollback',
    config,
    facts,
    seen,
    stack,
    deploy,
    epoch,
    token,
    target,
    startTarget,
  });
  return { plan, draft: startTarget ? null : { ...draft, target }, source: { ...source, env } };
}

/** The release's own containers, all of them, in the slot that does not serve; null when any is missing. */
async function findParked(
  session: Session,
  config: Config,
  release: Release,
  live: PlacedRelease | null,
): Promise<PlacedRelease | null> {
  if (release.slot === live?.slot) return null;
  const placed = { slot: release.slot, project: slotProject(config, release.slot), release };
  const replicas = await findReplicas(session.engine, config, placed);
  const complete = release.services.every(
    (service) =>
      replicas.filter((replica) => replica.service === service).length >= service.replicas,
  );
  return complete ? placed : null;
}
