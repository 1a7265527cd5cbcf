import { slotProject } from '../domain/compose/slot-names';
import { idleSlot } from '../domain/proxy/markers';
import type { PlacedRelease, Plan } from '../domain/records/plan';
import type { Release } from '../domain/records/release';
import { chooseTarget } from '../domain/release/choose-target';
import { ShiplockError } from '../errors';
import { findReplicas } from '../operations/find-replicas';
import type { Engine } from '../platform/docker-api';
import type { DeployReport } from '../report/deploy-report';
import { beginReport, endReport } from './build-report';
import { newDeployId } from './deploy-id';
import type { DeployTools, HostRun, ReleaseRequest } from './deploy-tools';
import { describePlan } from './describe-plan';
import { draftRelease, type Draft } from './draft-release';
import { makePlan } from './make-plan';
import { onOneHost } from './one-host';
import { missingShared, preflight, type Preflight } from './preflight';
import { releaseOnHost } from './release-on-host';
import { readSource, releaseFiles, type ReleaseSource } from './release-source';
import { sendBack } from './send-back';
import { survey } from './survey';
import { takeLease } from './take-lease';

/** Where to go back to; `env` are today's secrets, none = those of the release. */
export interface RollbackRequest extends ReleaseRequest {
  /** undefined = the last good release. */
  readonly version: string | undefined;
}

/** Returns to a release on record: to its containers where they are still there, else made again from its digests. */
export async function rollBack(
  request: RollbackRequest,
  tools: DeployTools,
): Promise<DeployReport> {
  const report = beginReport('rollback', request, tools.clock);
  return onOneHost(request, tools, async (run) => {
    const seen = await survey(run, []);
    const [keeper] = seen.keepers;
    if (keeper !== undefined && !request.dryRun) {
      return sendBack(run, report, { seen, keeper, version: request.version });
    }
    const before = preflight(run, seen);
    const release = targetOf(before, request.version);
    const { plan, draft, source } = await planRollback(run, request, before, release);
    if (request.dryRun) {
      const dryRun = describePlan(before, plan, draft);
      return endReport(report, { plan, warnings: before.warnings, dryRun }, tools.clock);
    }
    const files = draft === null || source === null ? [] : releaseFiles(draft, source);
    const keeperHash = await takeLease(run, before, plan, files);
    const how = draft === null ? 'its containers are still there' : 'made again from its digests';
    const text = `back to ${release.id} in ${plan.target.slot}: ${how}`;
    tools.tell({ step: 'lease', phase: 'done', text });
    const done = await releaseOnHost(run, {
      plan,
      before,
      keeperHash,
      // Data is never moved by a rollback.
      rendered: draft === null ? null : { ...draft.slot, tasks: [] },
      missingShared: missingShared(before),
      onKeeper: request.onKeeper,
    });
    return endReport(report, { plan, warnings: before.warnings, done }, tools.clock);
  });
}

function targetOf({ seen, stack }: Preflight, version: string | undefined): Release {
  const others = seen.facts.ledger.filter(({ id }) => id !== stack.live?.release.id);
  const recorded = others.map(({ id, standing }) => `${id} (${standing})`);
  const refuse = (reason: string): ShiplockError =>
    new ShiplockError(`there is nothing to roll back to: ${reason}`, {
      hint:
        recorded.length === 0
          ? 'Deploy a version that is known to be good.'
          : `On record: ${recorded.join(', ')}. Name one of them in the input version, by id or by version.`,
      fault: 'user',
      verdict: 'refused',
    });
  if (stack.live === null) throw refuse('no release is live');
  const { ledger, state } = seen.facts;
  const previous = state?.previous?.release ?? null;
  const chosen = chooseTarget(ledger, stack.live.release, version, previous);
  if (chosen.kind === 'none') throw refuse(chosen.reason);
  return chosen.release;
}

interface PlannedRollback {
  readonly plan: Plan;
  /** null = the containers are there, running or stopped. */
  readonly draft: Draft | null;
  /** null = what ran before the first release, which was made without us. */
  readonly source: ReleaseSource | null;
}

async function planRollback(
  run: HostRun,
  request: RollbackRequest,
  before: Preflight,
  release: Release,
): Promise<PlannedRollback> {
  const deploy = newDeployId(run.tools);
  if (release.slot === 'adopted') {
    const target = await findAdopted(run, release, before.stack);
    const task = { kind: 'rollback', deploy, target, startTarget: true } as const;
    return { plan: makePlan(run, before, task), draft: null, source: null };
  }
  const recorded = await readSource(run.session, before.seen.base, release.id);
  const env = Object.keys(request.env).length === 0 ? recorded.env : { ...request.env };
  const sameSecrets = JSON.stringify(env) === JSON.stringify(recorded.env);
  const source = { ...recorded, env };
  const parked = sameSecrets ? await findParked(run, release, before.stack) : null;
  if (parked !== null) {
    const task = { kind: 'rollback', deploy, target: parked, startTarget: true } as const;
    return { plan: makePlan(run, before, task), draft: null, source };
  }
  const draft = draftAgain(run, before, release, source, deploy);
  const task = { kind: 'rollback', deploy, target: draft.target, startTarget: false } as const;
  return { plan: makePlan(run, before, task), draft, source };
}

/** The recorded release for the slot that is idle now, from its digests and its own set of services and routes. */
function draftAgain(
  { tools }: HostRun,
  { seen, stack }: Preflight,
  release: Release,
  { compose, settings, env }: ReleaseSource,
  deploy: string,
): Draft {
  const images = Object.fromEntries(release.services.map(({ name, image }) => [name, image]));
  const draft = draftRelease(
    { ...stack, compose },
    { ...settings, migrate: null },
    {
      names: { ...release, deploy },
      images,
      env,
      base: seen.base,
      hash: (text) => tools.hash(text, stack.token),
    },
  );
  const { standing, reason, schemaVersion, backup } = release;
  const target = {
    ...draft.target,
    release: { ...draft.target.release, standing, reason, schemaVersion, backup },
  };
  return { ...draft, target };
}

/** What ran before the first release, with the secrets that it was made with; nobody but the team can make it again. */
async function findAdopted(
  { session, config }: HostRun,
  release: Release,
  { compose }: Preflight['stack'],
): Promise<PlacedRelease> {
  const placed = { slot: release.slot, project: compose.name, release };
  if (await isComplete(session.engine, config, placed)) return placed;
  throw new ShiplockError(
    `${release.id} is what ran before the first release, and its containers are gone`,
    {
      hint: 'Name a release on record in the input version, or deploy a version that is known to be good.',
      fault: 'user',
      verdict: 'refused',
    },
  );
}

/** The release's own containers, all of them, in the slot that does not serve; null when any is missing. */
async function findParked(
  { session, config }: HostRun,
  release: Release,
  { live, markers }: Preflight['stack'],
): Promise<PlacedRelease | null> {
  if (release.slot !== idleSlot(live?.slot ?? null, markers)) return null;
  const placed = { slot: release.slot, project: slotProject(config, release.slot), release };
  return (await isComplete(session.engine, config, placed)) ? placed : null;
}

/** Whether every replica of a release is still there, running or not. */
async function isComplete(
  engine: Engine,
  names: Pick<Plan, 'app' | 'environment'>,
  placed: PlacedRelease,
): Promise<boolean> {
  const replicas = await findReplicas(engine, names, placed);
  return placed.release.services.every(
    (service) =>
      replicas.filter((replica) => replica.service === service).length >= service.replicas,
  );
}
