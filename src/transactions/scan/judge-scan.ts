import type { Baseline } from '../../domain/scan/baseline';
import type { Finding } from '../../domain/scan/finding';
import { identify } from '../../domain/scan/identity';
import { judgeIgnores } from '../../domain/scan/ignore';
import { judgeImageBudgets } from '../../domain/scan/image-budget';
import {
  judgeScan,
  type ScanJudgement,
  type ScanSource,
  type ScanTrouble,
} from '../../domain/scan/judge';
import { staleness } from '../../domain/scan/prove-report';
import type { ReportRequest } from '../../domain/scan/report-line';
import { refusal } from '../../domain/problem';
import type { PolicyTools } from '../../operations/scan/read-policy';
import type { OwnReport } from '../../operations/scan/run-tool';
import {
  readBaseline,
  readReport,
  type ReadReport,
  type ReportTools,
} from '../../operations/scan/read-report';
import { readRules, type RulesRequest } from './read-rules';
import { runScans, type ScanningTools, type ScanPlan } from './run-scans';

/** What a gate is to judge, and by what. */
export interface ScanRequest extends RulesRequest {
  readonly plan: ScanPlan;
  /** Reports that other jobs or steps made. */
  readonly reports: readonly ReportRequest[];
  readonly strictIgnores: boolean;
  readonly allowEmpty: boolean;
  /** null = the age of databases does not matter. */
  readonly maxDbAgeMs: number | null;
  readonly onDegraded: 'fail' | 'pass';
  /** Path of an earlier result, or `cache`. */
  readonly baseline: string | undefined;
}

export interface ScanTools extends ReportTools, PolicyTools, ScanningTools {
  readonly now: Date;
  /** A short hash of what is no secret, in hex. */
  readonly nameOf: (text: string) => string;
  /** The result of the commit that this run is built upon. */
  readonly keptBaseline: () => Promise<Baseline>;
}

/** One verdict over all scans and reports. Throws a refusal when the policy itself cannot be used. */
export async function judgeReports(request: ScanRequest, tools: ScanTools): Promise<ScanJudgement> {
  const { policy, ignores, notes } = await readRules(request, tools);
  const judged = judgeIgnores(ignores, {
    now: tools.now,
    lifetime: policy.ignoreLifetime,
    strict: request.strictIgnores,
  });
  if (judged.problems.length > 0) throw refusal('the ignores', judged.problems);
  const baseline = await findBaseline(request, tools);
  const degraded: string[] = [];
  const reader = reportReader(request, tools, degraded);
  const scanned = await runScans(request.plan, tools, (report) => reader(report.request, report));
  const read = [...scanned];
  // One after the other: reports are large, and reading is the processor's work.
  for (const report of request.reports) read.push(await reader(report, null));
  const { strictIgnores, onDegraded } = request;
  const sources = read.map(({ source }) => source);
  const silenced = sources.flatMap(silencers);
  const budgets = judgeImageBudgets(sources, policy);
  const evidence = {
    findings: named(read, budgets.findings, tools),
    sources,
    troubles: [
      ...read.flatMap(({ troubles }) => troubles),
      ...budgets.troubles,
      ...(strictIgnores ? silenced : []),
    ],
    degraded,
    baseline,
    active: judged.active,
    expired: judged.expired,
    notes: [
      ...notes,
      ...judged.warnings,
      ...(strictIgnores ? [] : silenced.map(({ subject, says }) => `${subject}: ${says}`)),
      ...aboutBaseline(request, baseline),
    ],
  };
  return judgeScan(evidence, { policy, strictIgnores, onDegraded });
}

/** Reads one report, tells what came of it, and notes what makes it worth less. */
function reportReader(request: ScanRequest, tools: ScanTools, degraded: string[]) {
  return async (report: ReportRequest, own: OwnReport | null): Promise<ReadReport> => {
    const one = await readReport(report, { allowEmpty: request.allowEmpty, own }, tools);
    const { facts, path } = one.source;
    const by = facts.tool === '' ? report.kind : `${facts.tool} ${facts.version}`.trim();
    tools.tell(`${path}: ${one.findings.length} findings of ${by}`);
    for (const { says } of one.troubles) tools.tell(`✗ ${path}: ${says}`);
    const stale = staleness(report, request.maxDbAgeMs, tools.now, own?.name);
    if (stale !== null) degraded.push(stale);
    return one;
  };
}

/** In place: there may be hundreds of thousands. */
function named(
  read: readonly ReadReport[],
  own: readonly (Finding & { readonly source: ScanSource })[],
  { nameOf }: ScanTools,
) {
  const found = read.flatMap(({ findings, source }) =>
    findings.map((finding) => Object.assign(finding, { source })),
  );
  return identify([...found, ...own], nameOf);
}

/** Comments in the scanned code by which a tool leaves things out: ignores without a reason and an end. */
function silencers({ run }: ScanSource): readonly ScanTrouble[] {
  return (run?.silenced ?? []).map((place) => ({
    subject: place,
    says: `this comment makes ${run?.tool ?? ''} leave findings out without a word`,
    fix: 'take it out, and write an ignore with a reason and a last day',
  }));
}

/** What `baseline` says when it is no path. */
export const cacheBaseline = 'cache';

const findBaseline = ({ baseline }: ScanRequest, tools: ScanTools): Promise<Baseline> =>
  baseline === cacheBaseline ? tools.keptBaseline() : readBaseline(baseline, tools.open);

function aboutBaseline(request: ScanRequest, baseline: Baseline): readonly string[] {
  switch (baseline.kind) {
    case 'found':
      return [`Compared with the result of ${baseline.of}`];
    case 'missing':
      return [`No baseline, every finding counts as new: ${baseline.why}`];
    case 'none':
      return request.baseline === undefined
        ? []
        : ['This run is built upon no commit that it could be compared with: everything counts'];
  }
}
