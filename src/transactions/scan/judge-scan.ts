import { readIgnoreFile } from '../../config/ignore-files';
import { loadScan, type ScanOverrides } from '../../config/load-scan';
import type { Baseline } from '../../domain/scan/baseline';
import { identify } from '../../domain/scan/identity';
import { judgeIgnores, type Ignore } from '../../domain/scan/ignore';
import {
  judgeScan,
  type ScanJudgement,
  type ScanSource,
  type ScanTrouble,
} from '../../domain/scan/judge';
import { staleness } from '../../domain/scan/prove-report';
import type { ReportRequest } from '../../domain/scan/report-line';
import { refusal, type Problem } from '../../domain/problem';
import { messageOf } from '../../errors';
import {
  readPolicyFile,
  type PolicyFile,
  type PolicyTools,
} from '../../operations/scan/read-policy';
import type { OwnReport } from '../../operations/scan/run-tool';
import {
  readBaseline,
  readReport,
  type ReadReport,
  type ReportTools,
} from '../../operations/scan/read-report';
import { runScans, type ScanningTools, type ScanPlan } from './run-scans';

/** What a gate is to judge, and by what. */
export interface ScanRequest {
  readonly plan: ScanPlan;
  /** Reports that other jobs or steps made. */
  readonly reports: readonly ReportRequest[];
  /** Path of `shiplock.yml`, and whether it must be there. */
  readonly config: { readonly path: string; readonly isGiven: boolean };
  /** Ignore files of other tools, and whether they must be there. */
  readonly ignoreFiles: { readonly paths: readonly string[]; readonly areGiven: boolean };
  readonly overrides: ScanOverrides;
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
  const silenced = read.flatMap(({ source }) => silencers(source));
  const evidence = {
    findings: named(read, tools),
    sources: read.map(({ source }) => source),
    troubles: [...read.flatMap(({ troubles }) => troubles), ...(strictIgnores ? silenced : [])],
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

type Rules = ReturnType<typeof loadScan> & {
  readonly ignores: readonly Ignore[];
  readonly notes: readonly string[];
};

async function readRules(request: ScanRequest, tools: ScanTools): Promise<Rules> {
  const { config, ignoreFiles, overrides } = request;
  const paths = [config.path, ...ignoreFiles.paths];
  const [own, ...others] = await Promise.all(
    paths.map((path) => readPolicyFile(path, tools)),
  ).catch((cause: unknown) => {
    const fix = 'give the job contents: read, and github-token where it is not the default';
    const problem = { path: paths.join(', '), says: messageOf(cause), fix };
    throw refusal('the policy of this scan', [problem]);
  });
  const files = others.map((file) => ({ ...file, ...readText(file) }));
  const text = own?.text ?? null;
  const problems = [
    ...(text === null && config.isGiven ? [missing('config', config.path, tools)] : []),
    ...files.flatMap((file) =>
      file.text === null && ignoreFiles.areGiven ? [missing('ignores', file.path, tools)] : [],
    ),
    ...files.flatMap((file) => file.problems),
  ];
  if (problems.length > 0) throw refusal('the policy of this scan', problems);
  const loaded = loadScan(text, config.path, overrides);
  const changed = [own, ...others].filter((file) => file?.isChanged === true);
  return {
    policy: loaded.policy,
    ignores: [...loaded.ignores, ...files.flatMap(({ ignores }) => ignores)],
    notes: changed.map(
      (file) =>
        `${file?.path ?? ''} is changed here: what counts is how it was before, at the commit that this is to be merged into`,
    ),
  };
}

const readText = ({ path, text }: PolicyFile): ReturnType<typeof readIgnoreFile> =>
  text === null ? { ignores: [], problems: [] } : readIgnoreFile(path, text);

function missing(input: string, path: string, { base }: ScanTools): Problem {
  const where = base === null ? 'the checkout' : 'the commit that this is to be merged into';
  return {
    path: `input ${input}`,
    says: `${path} is not in ${where}`,
    fix: base === null ? 'correct the path, or check out before this step' : 'merge it first',
  };
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
function named(read: readonly ReadReport[], { nameOf }: ScanTools) {
  const found = read.flatMap(({ findings, source }) =>
    findings.map((finding) => Object.assign(finding, { source })),
  );
  return identify(found, nameOf);
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
