import type { Plan } from '../../domain/records/plan';
import type { Release } from '../../domain/records/release';
import { refusal } from '../../domain/problem';
import { chooseTarget } from '../../domain/release/choose-target';
import { unobtainable } from '../../operations/release/unobtainable';
import { asReleased } from './as-released';
import { pullSetting } from './bring-up';
import { newDeployId } from './deploy-id';
import type { HostRun } from './deploy-tools';
import { draftRelease, type Draft } from './draft-release';
import { findAdopted, findParked } from './find-target';
import type { Findings } from './findings';
import { makePlan } from './make-plan';
import { preflight, type Preflight } from './preflight';
import { readSource, type ReleaseSource } from './release-source';
import type { Survey } from './survey';

/** What a rollback is asked for. */
export interface RollbackAim {
  /** undefined = the last good release. */
  readonly version: string | undefined;
  /** Today's secrets; none = those of the release. */
  readonly env: Readonly<Record<string, string>>;
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

/** Where a rollback goes, and how. */
export interface PlannedRollback {
  /** The run, as a checkout of the target would have it. */
  readonly run: HostRun;
  readonly before: Preflight;
  readonly release: Release;
  readonly plan: Plan;
  /** null = the containers are there, running or stopped. */
  readonly draft: Draft | null;
  /** null = what ran before the first release, which was made without us. */
  readonly source: ReleaseSource | null;
}

/** S1 to its end: where to, and how; or everything that stands in the way among the findings. */
export async function planRollback(
  today: HostRun,
  request: RollbackAim,
  seenToday: Survey,
  findings: Findings,
): Promise<PlannedRollback | null> {
  const aim = aimOf(seenToday, request.version);
  const source =
    aim === null
      ? null
      : await findings.from(() => readSource(today.session, seenToday.base, aim.id));
  const { run, seen } =
    source === null || aim === null
      ? { run: today, seen: seenToday }
      : asReleased(today, seenToday, aim, source);
  const before = preflight(run, seen, findings);
  if (before === null) return null;
  const release = await findings.from(() => targetOf(before, request.version));
  if (release === null) return null;
  return release.slot === 'adopted'
    ? planReturn(run, before, release, findings)
    : source && planRelease(run, request, before, { release, source }, findings);
}

/**
 * Whose set of services and routes the host has to suit: the target's; of what nobody recorded (what ran before the first
 * release), or of a target that there is not, that of the release that serves. null = none is on record.
 */
function aimOf({ facts }: Survey, version: string | undefined): Release | null {
  const { ledger, state } = facts;
  const live = ledger.find(({ id }) => id === state?.live.release);
  if (live === undefined) return null;
  const chosen = chooseTarget(ledger, live, version, state?.previous?.release ?? null);
  const aim = chosen.kind === 'found' && chosen.release.slot !== 'adopted' ? chosen.release : live;
  return aim.slot === 'adopted' ? null : aim;
}

/** Back to the containers from before the first release. */
async function planReturn(
  run: HostRun,
  before: Preflight,
  release: Release,
  findings: Findings,
): Promise<PlannedRollback | null> {
  const target = await findings.from(() => findAdopted(run, release, before.stack));
  if (target === null) return null;
  const deploy = newDeployId(run.tools);
  const task = { kind: 'rollback', deploy, target, startTarget: true } as const;
  return { run, before, release, plan: makePlan(run, before, task), draft: null, source: null };
}

/** Back to a release of ours: to its containers if all of them are there and know today's secrets, else it is made again. */
async function planRelease(
  run: HostRun,
  request: RollbackAim,
  before: Preflight,
  { release, source: recorded }: { readonly release: Release; readonly source: ReleaseSource },
  findings: Findings,
): Promise<PlannedRollback | null> {
  const deploy = newDeployId(run.tools);
  const env = Object.keys(request.env).length === 0 ? recorded.env : { ...request.env };
  const sameSecrets = JSON.stringify(env) === JSON.stringify(recorded.env);
  const source = { ...recorded, env };
  const found = { run, before, release, source };
  const parked = sameSecrets ? await findParked(run, release, before.stack) : null;
  if (parked !== null) {
    const task = { kind: 'rollback', deploy, target: parked, startTarget: true } as const;
    return { ...found, plan: makePlan(run, before, task), draft: null };
  }
  const draft = await findings.from(() => draftAgain(run, before, release, source, deploy));
  if (draft === null) return null;
  const task = { kind: 'rollback', deploy, target: draft.target, startTarget: false } as const;
  const plan = makePlan(run, before, task);
  const { login } = pullSetting(run, { plan, before });
  findings.add(...(await unobtainable(run.session.engine, release, login)));
  return { ...found, plan, draft };
}

/** The recorded release for the slot that is idle now, from its digests and its own set of services and routes. */
function draftAgain(
  { tools, config }: HostRun,
  { seen, stack }: Preflight,
  release: Release,
  { compose, settings, env, sent }: ReleaseSource,
  deploy: string,
): Draft {
  const images = Object.fromEntries(release.services.map(({ name, image }) => [name, image]));
  const draft = draftRelease({ ...stack, compose }, settings, {
    names: { ...release, deploy },
    images,
    ...{ env, sent, withTasks: false },
    base: seen.base,
    sites: config.proxy.kind === 'managed' ? config.sites : null,
    hash: (text) => tools.hash(text, stack.token),
  });
  const { standing, reason, schemaVersion, backups, onceImages } = release;
  const kept = { standing, reason, schemaVersion, backups, ...(onceImages && { onceImages }) };
  const target = { ...draft.target, release: { ...draft.target.release, ...kept } };
  return { ...draft, target };
}
