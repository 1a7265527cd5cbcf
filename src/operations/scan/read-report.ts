import { reportReaders } from '../../commands/reports/readers';
import { ReportTrouble } from '../../commands/reports/report-trouble';
import { readScanResult } from '../../commands/reports/scan-result';
import type { Baseline } from '../../domain/scan/baseline';
import type { Finding } from '../../domain/scan/finding';
import type { ScanSource, ScanTrouble } from '../../domain/scan/judge';
import { faultsOfReport } from '../../domain/scan/prove-report';
import { noFacts } from '../../domain/scan/report-facts';
import type { ReportRequest } from '../../domain/scan/report-line';
import type { OwnRun } from '../../domain/scan/tool-run';
import { messageOf } from '../../errors';
import type { OpenedReport } from '../../platform/report-file';

export interface ReportTools {
  /** null = there is no such file. */
  readonly open: (path: string) => Promise<OpenedReport | null>;
  /** Whether git knows the file. */
  readonly isTracked: (path: string) => Promise<boolean>;
  /** Takes a secret out of everything that this run and the later steps print. */
  readonly mask: (secret: string) => void;
  /** Hash with the key of this repository, in hex. */
  readonly hash: (text: string) => string;
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
  readonly own: { readonly name: string; readonly run: OwnRun } | null;
}

/** Reads one report to its end. What makes it no proof comes back as troubles; what it found counts all the same. */
export async function readReport(
  request: ReportRequest,
  { allowEmpty, own }: ReadOptions,
  tools: ReportTools,
): Promise<ReadReport> {
  const { kind, path } = request;
  const name = own?.name ?? path;
  const run = own?.run ?? null;
  const findings: Finding[] = [];
  try {
    const opened = await tools.open(path);
    if (opened === null) throw new ReportTrouble('there is no such file');
    const facts = await reportReaders[kind](opened.chunks, {
      soleClass: request.classes[0] ?? 'code',
      add: (finding) => {
        if (findings.length >= mostFindings)
          throw new ReportTrouble(`it has more than ${mostFindings} findings`);
        findings.push(finding);
      },
      seal: sealer(tools),
      hash: tools.hash,
    });
    const isTracked = own === null && (await tools.isTracked(path));
    const file = { sha256: opened.sha256(), isTracked };
    const troubles = faultsOfReport(request, facts, file, allowEmpty).map((fault) => ({
      subject: name,
      ...fault,
    }));
    const classes = troubles.length === 0 ? request.classes : [];
    const version = facts.version || (run?.version ?? '');
    const source = { path: name, classes, facts: { ...facts, version }, run };
    return { source, findings, troubles };
  } catch (thrown) {
    // Whatever it was, nobody can say that this report was read.
    const fix = `look at the step that writes it: a report of ${kind} must be whole`;
    return { ...unread({ subject: name, says: messageOf(thrown), fix }, run), findings };
  }
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
    return { kind: 'found', findings: await readScanResult(opened.chunks) };
  } catch (thrown) {
    return { kind: 'missing', why: `${path}: ${messageOf(thrown)}` };
  }
}
