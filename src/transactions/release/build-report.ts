import { nameProblem, type Refusal } from '../../domain/problem';
import type { Outcome } from '../../domain/records/journal';
import type { Plan } from '../../domain/records/plan';
import type { SlotName } from '../../domain/records/release';
import type {
  StandingReport,
  DeployReport,
  HostPlan,
  HostReport,
} from '../../report/deploy-report';
import type { Clock } from '../../platform/clock';
import type { Config } from '../../config/config';
import { formatHostAddress } from '../../config/host-address';
import type { RunFacts } from './deploy-tools';
import type { HostRelease } from './release-on-host';

/** A report that is begun: who, what, since when. */
export interface ReportDraft {
  readonly kind: DeployReport['kind'];
  readonly config: Config;
  readonly facts: RunFacts;
  readonly startedAt: string;
  readonly startedMono: number;
}

export function beginReport(
  kind: DeployReport['kind'],
  request: { readonly config: Config; readonly facts: RunFacts },
  clock: Clock,
): ReportDraft {
  const { config, facts } = request;
  return {
    kind,
    config,
    facts,
    startedAt: new Date(clock.now()).toISOString(),
    startedMono: clock.monotonic(),
  };
}

interface Known {
  readonly plan: Plan;
  /** What was noticed on the host before anything was done. */
  readonly warnings: readonly string[];
  readonly standing?: StandingReport | undefined;
  /** Why somebody let it go on without a backup. */
  readonly backupSkipped?: string | null;
}

/** What the report is made of at its end: a plan that was only described, or one that was followed. */
export type ReportEnd =
  (Known & { readonly dryRun: Omit<HostPlan, 'host'> }) | (Known & { readonly done: HostRelease });

/** The report of a run that was refused, or that cannot tell what serves: nothing was touched. */
export function refusedReport(
  draft: ReportDraft,
  { subject, problems, steps, verdict }: Refusal,
  version: string,
  clock: Clock,
): DeployReport {
  const { kind, config, facts, startedAt, startedMono } = draft;
  const durationMs = clock.monotonic() - startedMono;
  return {
    ...{ schema: 1, kind, app: config.app, environment: config.environment, version },
    ...{ release: null, previous: null, verdict, failure: null, data: null, dryRun: null },
    hosts: verdict === 'unproven' ? [unknownHost(subject, durationMs)] : [],
    problems: problems.map((one) => ({ host: subject, what: nameProblem(one), fix: one.fix })),
    steps,
    runUrl: runUrlOf(facts),
    startedAt,
    durationMs,
  };
}

function unknownHost(host: string, durationMs: number): HostReport {
  return {
    ...{ host, verdict: 'unproven', state: 'UNKNOWN', slot: null, release: null, previous: null },
    ...{ digests: {}, durationMs, records: [], outcome: null, warnings: [] },
  };
}

function runUrlOf({ url }: RunFacts): string | null {
  return url.startsWith('http') ? url : null;
}

export function endReport(draft: ReportDraft, end: ReportEnd, clock: Clock): DeployReport {
  const { plan } = end;
  const durationMs = clock.monotonic() - draft.startedMono;
  const host =
    'done' in end ? hostOf(draft, end, end.done, durationMs) : plannedHost(draft, end, durationMs);
  const data = 'done' in end ? end.done.schema : { before: null, after: null };
  return {
    schema: 1,
    kind: draft.kind,
    app: plan.app,
    environment: plan.environment,
    version: plan.target.release.version,
    release: plan.target.release.id,
    previous: plan.live?.release.id ?? null,
    verdict: host.verdict,
    hosts: [host],
    problems: [],
    steps: null,
    failure:
      'done' in end && end.done.failure !== null
        ? { reason: end.done.failure.message, hint: end.done.failure.hint ?? null }
        : null,
    data: {
      schemaBefore: data.before,
      schemaAfter: data.after,
      backups: 'done' in end ? [...end.done.backups] : [],
      backupSkipped: end.backupSkipped ?? null,
      ...(end.standing === undefined ? {} : { standing: end.standing }),
    },
    runUrl: runUrlOf(draft.facts),
    startedAt: draft.startedAt,
    durationMs,
    dryRun: 'dryRun' in end ? [{ host: hostName(draft), ...end.dryRun }] : null,
  };
}

function hostOf(
  draft: ReportDraft,
  { plan, warnings }: Known,
  done: HostRelease,
  durationMs: number,
): HostReport {
  const { outcome, records } = done;
  return {
    host: hostName(draft),
    verdict: verdictOf(draft.kind, outcome),
    state: outcome?.state ?? 'UNKNOWN',
    slot: servingSlot(plan, outcome),
    release: plan.target.release.id,
    previous: plan.live?.release.id ?? null,
    digests: digestsOf(plan),
    durationMs,
    records: [...records],
    outcome,
    warnings: [...warnings, ...done.warnings, ...(outcome?.warnings ?? [])],
  };
}

function hostName({ config }: ReportDraft): string {
  const [address] = config.hosts;
  return address === undefined ? '' : formatHostAddress(address);
}

/** A rollback that arrived is `rolled-back`; one that had to return to where it came from has failed. */
function verdictOf(kind: DeployReport['kind'], outcome: Outcome | null): HostReport['verdict'] {
  if (outcome === null) return 'unproven';
  if (kind === 'deploy') return outcome.verdict;
  if (outcome.verdict === 'deployed') return 'rolled-back';
  return outcome.verdict === 'unproven' ? 'unproven' : 'failed';
}

function servingSlot(plan: Plan, outcome: Outcome | null): SlotName | null {
  if (outcome === null || outcome.verdict === 'unproven') return null;
  return outcome.verdict === 'deployed' ? plan.target.slot : (plan.live?.slot ?? null);
}

function digestsOf(plan: Plan): Record<string, string> {
  return Object.fromEntries(plan.target.release.services.map(({ name, image }) => [name, image]));
}

function plannedHost(
  draft: ReportDraft,
  { plan, warnings }: Known,
  durationMs: number,
): HostReport {
  return {
    host: hostName(draft),
    verdict: 'deployed',
    state: null,
    slot: plan.live?.slot ?? null,
    release: plan.target.release.id,
    previous: plan.live?.release.id ?? null,
    digests: digestsOf(plan),
    durationMs,
    records: [],
    outcome: null,
    warnings: [...warnings],
  };
}
