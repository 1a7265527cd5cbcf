import type { Outcome } from '../../domain/records/journal';
import { plan as planSchema, type PlacedRelease, type Plan } from '../../domain/records/plan';
import { ShiplockError } from '../../errors';
import { keeperLink } from '../../operations/release/keeper-link';
import { hostPath } from '../../operations/release/release-files';
import type { DeployReport } from '../../report/deploy-report';
import { endReport, type ReportDraft } from './build-report';
import type { HostRun } from './deploy-tools';
import { followKeeper, type Followed } from './follow-keeper';
import { longestMs } from './make-plan';
import { standingAfterRollback, withRelease } from './read-standing';
import type { HostRelease } from './release-on-host';
import type { Survey } from './survey';

/** A rollback while a deploy is at work: its keeper is asked to go back, which takes no lease and no start of anything. */
export async function sendBack(
  run: HostRun,
  report: ReportDraft,
  request: {
    readonly seen: Survey;
    readonly keeper: Survey['keepers'][number];
    readonly version: string | undefined;
  },
): Promise<DeployReport> {
  const { session, tools, facts } = run;
  const { seen, keeper } = request;
  const plan = await readPlan(run, hostPath.plan(seen.base, keeper.deploy));
  const live = wantedOf(plan, request.version);
  tools.tell({
    step: 'back',
    phase: 'note',
    text: `deploy ${keeper.deploy} of ${plan.target.release.id} is at work and is sent back to ${live.release.id}`,
  });
  const link = keeperLink(tools.clock);
  try {
    await link.open(session.engine, keeper.container);
    link.send({ kind: 'back', reason: `rolled back by ${facts.actor} (${facts.url})` });
    const followed = await follow(run, plan, keeper.container);
    const [back, done] = [returned(plan, live), asRollback(followed)];
    const standing = await standingAfterRollback(
      run,
      knowing(seen, plan, followed),
      back,
      done.outcome,
    );
    return endReport(report, { plan: back, warnings: [], standing, done }, tools.clock);
  } finally {
    link.close();
  }
}

/** What the deploy that was sent back has told of its migration is not on record yet, or was not when we looked. */
function knowing(
  seen: Survey,
  { target: { release } }: Plan,
  { records }: Followed,
): { seen: Survey } {
  const facts = records.find((record) => record.facts !== undefined)?.facts;
  const schemaVersion = { before: facts?.schemaBefore ?? null, after: facts?.schemaAfter ?? null };
  const ledger = withRelease(seen.facts.ledger, { ...release, schemaVersion });
  return { seen: { ...seen, facts: { ...seen.facts, ledger } } };
}

async function readPlan({ session }: HostRun, path: string): Promise<Plan> {
  const result = await session.host.exec(['cat', path]);
  if (result.code === 0) return planSchema.parse(JSON.parse(result.stdout));
  throw new ShiplockError(`${session.host.name}: the plan of the deploy at work cannot be read`, {
    hint: result.stderr.trim(),
    fault: 'remote',
    verdict: 'refused',
  });
}

function wantedOf({ live, target }: Plan, version: string | undefined): PlacedRelease {
  const refuse = (says: string): ShiplockError =>
    new ShiplockError(`${target.release.id} is being released, and ${says}`, {
      hint: 'Wait until that deploy has ended, then roll back again.',
      fault: 'user',
      verdict: 'refused',
    });
  if (live === null) throw refuse('there is no release before it');
  const { id, version: name } = live.release;
  if (version !== undefined && version !== id && version !== name) {
    throw refuse(`until it has ended the only way back is to ${id}`);
  }
  return live;
}

function follow(run: HostRun, plan: Plan, container: string): Promise<Followed> {
  const { tools } = run;
  return followKeeper(run, container, {
    deadlineMs: longestMs(plan),
    signal: tools.signal,
    onRecord: (record) => {
      tools.tell(record);
    },
  });
}

/** Seen from the rollback, the release that served before is the target, and the new one is what it comes from. */
function returned(plan: Plan, live: PlacedRelease): Plan {
  return { ...plan, kind: 'rollback', target: live, live: plan.target };
}

function asRollback({ records, outcome }: Followed): HostRelease {
  const schema = { before: null, after: null };
  const mirror = outcome === null ? null : mirrored(outcome);
  return { records, outcome: mirror, failure: null, schema, backups: [], warnings: [] };
}

/** That the deploy did not hold is what was asked for; that it was over already is not. */
function mirrored(outcome: Outcome): Outcome {
  switch (outcome.verdict) {
    case 'rolled-back':
    case 'failed':
      return { ...outcome, verdict: 'deployed', state: 'GREEN', reason: null, hint: null };
    case 'deployed':
      return {
        ...outcome,
        verdict: 'failed',
        state: 'BLUE',
        reason: 'the deploy was over before it could be sent back',
        hint: 'Roll back again: its old release is still there.',
      };
    case 'unproven':
      return outcome;
  }
}
