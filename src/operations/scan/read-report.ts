import { reportReaders } from '../../commands/reports/readers';
import type { ReportSink } from '../../commands/reports/report-reader';
import { ReportTrouble } from '../../commands/reports/report-trouble';
import { readScanResult } from '../../commands/reports/scan-result';
import type { Baseline } from '../../domain/scan/baseline';
import type { Finding, Growing } from '../../domain/scan/finding';
import type { ScanSource, ScanTrouble } from '../../domain/scan/judge';
import { faultsOfReport, type ReportFile } from '../../domain/scan/prove-report';
import { noFacts, type ReportFacts } from '../../domain/scan/report-facts';
import { seenClasses } from '../../domain/scan/seen-classes';
import type { ReportRequest } from '../../domain/scan/report-line';
import type { Settle } from '../../domain/scan/sighting';
import type { OwnRun } from '../../domain/scan/tool-run';
import { messageOf } from '../../errors';
import type { OpenedReport } from '../../platform/report-file';
import type { OwnReport } from './run-tool';

export interface ReportTools {
  /** null = there is no such file. */
  readonly open: (path: string) => Promise<OpenedReport | null>;
  /** Whether git knows the file. */
  readonly isTracked: (path: string) => Promise<boolean>;
  /** Takes a secret out of everything that this run and the later steps print. */
  readonly mask: (secret: string) => void;
  /** Hash with the key of this repository, in hex. */
  readonly hash: (text: string) => string;
  /** Keeps a finding until it is shown. */
  readonly hold: (finding: Growing) => Growing;
}

export interface ReadReport {
  readonly source: ScanSource;
  readonly findings: readonly Finding[];
  readonly troubles: readonly ScanTrouble[];
}

/** More than this is no report that anybody could act upon, and would fill the runner's memory. */
const mostFindings = 1_000_000;

/** How one report is taken. */
export interface ReadOptions {
  readonly allowEmpty: boolean;
  /** What is known of a report that was made here, and its name for people; null = another job made it. */
  readonly own: Pick<OwnReport, 'name' | 'run' | 'settle' | 'mayBeEmpty' | 'printed'> | null;
}

/** Reads one report to its end. What makes it no proof comes back as troubles; what it found counts all the same. */
export async function readReport(
  request: ReportRequest,
  { allowEmpty, own }: ReadOptions,
  tools: ReportTools,
): Promise<ReadReport> {
  const { kind, path } = request;
  const findings: Finding[] = [];
  const add = (finding: Finding): void => {
    if (findings.length >= mostFindings)
      throw new ReportTrouble(`it has more than ${mostFindings} findings`);
    findings.push(finding);
  };
  try {
    const opened = await tools.open(path);
    if (opened === null) throw new ReportTrouble('there is no such file');
    const facts = await reportReaders[kind](behind(own?.printed ?? [], opened.chunks), {
      soleClass: request.classes[0] ?? 'code',
      add: keeper(add, own?.settle ?? null, tools.hold),
      hold: tools.hold,
      addHeld: add,
      seal: sealer(tools),
      hash: tools.hash,
    });
    const isTracked = own === null && (await tools.isTracked(path));
    const file = { sha256: opened.sha256(), isTracked };
    return { ...sourceOf(request, facts, file, { allowEmpty, own }), findings };
  } catch (thrown) {
    // Whatever it was, nobody can say that this report was read.
    const maker = own === null ? 'the step that writes it' : 'the log of this step';
    const fix = `look at ${maker}: a report of ${kind} must be whole`;
    const trouble = { subject: own?.name ?? path, says: messageOf(thrown), fix };
    return { ...unread(trouble, own?.run ?? null), findings };
  }
}

async function* behind(
  printed: readonly Uint8Array[],
  file: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  yield* printed;
  yield* file;
}

/** What a report that was read to its end counts for. */
function sourceOf(
  request: ReportRequest,
  facts: ReportFacts,
  file: ReportFile,
  { allowEmpty, own }: ReadOptions,
): Omit<ReadReport, 'findings'> {
  const name = own?.name ?? request.path;
  const knowsTargets = own !== null && facts.targetClasses !== null;
  // Of a tool that ran here it is known what it had to look at.
  const seen = knowsTargets
    ? seenClasses(request.classes, facts, own.run.hasFiles)
    : request.classes;
  const targets = knowsTargets ? seen.length : own?.run.hasFiles === false ? 0 : facts.targets;
  const mayBeEmpty = allowEmpty || own?.mayBeEmpty === true;
  const faults = faultsOfReport(request, { ...facts, targets }, file, mayBeEmpty);
  const troubles = faults.map((fault) => ({ subject: name, ...fault }));
  const version = facts.version || (own?.run.version ?? '');
  const source = {
    path: name,
    classes: troubles.length === 0 ? seen : [],
    facts: { ...facts, version },
    run: own?.run ?? null,
  };
  return { source, troubles };
}

/** Keeps what was found, in the place where people find it. */
function keeper(
  add: (finding: Finding) => void,
  settle: Settle | null,
  hold: ReportTools['hold'],
): ReportSink['add'] {
  return (finding, sighting) => {
    const isOwn = settle !== null && sighting !== undefined;
    const settled = isOwn ? settle(finding, sighting) : finding;
    if (settled !== null) add(hold({ ...settled }));
  };
}

/** In the place of a report that there is not: nobody looked for anything. */
export function unread(trouble: ScanTrouble, run: OwnRun | null): ReadReport {
  const source = { path: trouble.subject, classes: [], facts: { ...noFacts }, run };
  return { source, findings: [], troubles: [trouble] };
}

/** Masks each secret once, and forgets it. */
function sealer({ mask, hash }: ReportTools): (secret: string) => string {
  const known = new Set<string>();
  return (secret) => {
    const sealed = hash(secret);
    if (!known.has(sealed)) mask(secret);
    known.add(sealed);
    return sealed;
  };
}

/** The findings of an earlier run. */
export async function readBaseline(
  path: string | undefined,
  open: ReportTools['open'],
): Promise<Baseline> {
  if (path === undefined) return { kind: 'none' };
  try {
    const opened = await open(path);
    if (opened === null) return { kind: 'missing', why: `there is no file ${path}` };
    return { kind: 'found', of: path, findings: await readScanResult(opened.chunks) };
  } catch (thrown) {
    return { kind: 'missing', why: `${path}: ${messageOf(thrown)}` };
  }
}
