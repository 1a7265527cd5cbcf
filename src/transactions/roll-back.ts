import { slotProject } from '../domain/compose/slot-names';
import { idleSlot } from '../domain/proxy/markers';
import type { PlacedRelease, Plan } from '../domain/records/plan';
import type { Release } from '../domain/records/release';
import { refusal } from '../domain/problem';
import { chooseTarget } from '../domain/release/choose-target';
import { findReplicas } from '../operations/find-replicas';
import type { Engine } from '../platform/docker-api';
import type { DeployReport } from '../report/deploy-report';
import { beginReport, endReport } from './build-report';
import { newDeployId } from './deploy-id';
import type { DeployTools, HostRun, ReleaseRequest } from './deploy-tools';
import { describePlan } from './describe-plan';
import { draftRelease, type Draft } from './draft-release';
import { withoutProblems, type Findings } from './findings';
import { makePlan } from './make-plan';
import { onOneHost } from './one-host';
import { missingShared, preflight, type Preflight } from './preflight';
import { releaseOnHost } from './release-on-host';
import { readSource, releaseFiles, type ReleaseSource } from './release-source';
import { sendBack } from './send-back';
import { survey, type Survey } from './survey';
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
    const { before, release, plan, draft, source } = await withoutProblems(
      run.session.host.name,
      (findings) => planRollback(run, request, seen, findings),
    );
    if (request.dryRun) {
      const dryRun = await describePlan(run, { before, plan, draft, files: [] });
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
  const { live } = stack;
  const { ledger, state } = seen.facts;
  const recorded = ledger
    .filter(({ id }) => id !== live?.release.id)
    .map(({ id, standing }) => `${id} (${standing})`);
  const chosen =
    live === null
      ? ({ kind: 'none', reason: 'no release is live' } as const)
      : chooseTarget(ledger, live.release, version, state?.previous?.release ?? null);
  if (chosen.kind === 'found') return chosen.release;
  const fix =
    recorded.length === 0
      ? 'deploy a version that is known to be good'
      : `on record are ${recorded.join(', ')}: name one of them in the input version, by id or by version`;
  const says = `there is nothing to roll back to: ${chosen.reason}`;
  throw refusal(version ?? 'the last good release', [{ path: '', says, fix }]);
}

interface PlannedRollback {
  readonly before: Preflight;
  readonly release: Release;
  readonly plan: Plan;
  /** null = the containers are there, running or stopped. */
  readonly draft: Draft | null;
  /** null = what ran before the first release, which was made without us. */
  readonly source: ReleaseSource | null;
}

/** S1 to its end: where to, and how; or everything that stands in the way among the findings. */
async function planRollback(
  run: HostRun,
  request: RollbackRequest,
  seen: Survey,
  findings: Findings,
): Promise<PlannedRollback | null> {
  const before = preflight(run, seen, findings);
  if (before === null) return null;
  const release = await findings.from(() => targetOf(before, request.version));
  if (release === null) return null;
  const deploy = newDeployId(run.tools);
  if (release.slot === 'adopted') {
    const target = await findings.from(() => findAdopted(run, release, before.stack));
    if (target === null) return null;
    const task = { kind: 'rollback', deploy, target, startTarget: true } as const;
    return { before, release, plan: makePlan(run, before, task), draft: null, source: null };
  }
  const recorded = await readSource(run.session, seen.base, release.id);
  const env = Object.keys(request.env).length === 0 ? recorded.env : { ...request.env };
  const sameSecrets = JSON.stringify(env) === JSON.stringify(recorded.env);
  const source = { ...recorded, env };
  const found = { before, release, source };
  const parked = sameSecrets ? await findParked(run, release, before.stack) : null;
  if (parked !== null) {
    const task = { kind: 'rollback', deploy, target: parked, startTarget: true } as const;
    return { ...found, plan: makePlan(run, before, task), draft: null };
  }
  const draft = await findings.from(() => draftAgain(run, before, release, source, deploy));
  if (draft === null) return null;
  const task = { kind: 'rollback', deploy, target: draft.target, startTarget: false } as const;
  return { ...found, plan: makePlan(run, before, task), draft };
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
  const says = `${release.id} is what ran before the first release, and its containers are gone`;
  const fix =
    'name a release on record in the input version, or deploy a version that is known to be good';
  throw refusal(session.host.name, [{ path: '', says, fix }]);
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
