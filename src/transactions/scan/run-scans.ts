import type { PlannedScan, ScanTool, WantedVersion } from '../../domain/scan/planned-scan';
import { noFacts } from '../../domain/scan/report-facts';
import type { ToolStart } from '../../domain/scan/tool-run';
import { messageOf, ShiplockError } from '../../errors';
import { findTool, type FindTools } from '../../operations/scan/find-tool';
import { prepareSecrets } from '../../operations/scan/prepare-secrets';
import type { PreparedSecrets, SecretTools } from '../../operations/scan/secret-start';
import { prepareTrivy, type TrivyTools } from '../../operations/scan/prepare-trivy';
import { unread, type ReadReport } from '../../operations/scan/read-report';
import { runTool, type OwnReport, type Program } from '../../operations/scan/run-tool';

/** The scans of this step and by which builds of the tools. */
export interface ScanPlan {
  readonly scans: readonly PlannedScan[];
  readonly versions: Readonly<Record<ScanTool, WantedVersion>>;
}

export interface ScanningTools extends TrivyTools, FindTools, SecretTools {
  readonly signal: AbortSignal;
}

/** Reads a report that was made here. */
export type ReadOwn = (report: OwnReport) => Promise<ReadReport>;

/** Runs every scan, one after the other, and reads what it reported. What could not be scanned is a trouble, never a pass. */
export async function runScans(
  { scans, versions }: ScanPlan,
  tools: ScanningTools,
  read: ReadOwn,
): Promise<readonly ReadReport[]> {
  const all: ReadReport[] = [];
  for (const scan of scans) {
    try {
      const program = await findTool(scan.tool, versions[scan.tool], tools);
      tools.tell(
        `${scan.tool} ${program.version || 'of no version'} (${program.origin}): ${program.path}`,
      );
      const { starts, nothing, done } = await prepare(scan, program, tools);
      try {
        if (nothing !== null) all.push(nothingNew(scan.tool, program, nothing, tools));
        for (const start of starts) all.push(await runOne(program, start, tools, read));
      } finally {
        await done();
      }
    } catch (thrown) {
      all.push(notScanned(scan.tool, thrown, tools));
    }
  }
  return all;
}

async function prepare(
  scan: PlannedScan,
  program: Program,
  tools: ScanningTools,
): Promise<PreparedSecrets> {
  if (scan.tool !== 'trivy') return prepareSecrets(scan, program, tools);
  const start = await prepareTrivy(scan, program, tools);
  return { starts: [start], nothing: null, done: () => Promise.resolve() };
}

/** Where a range holds no commit, all of it was looked at. */
function nothingNew(
  tool: ScanTool,
  { version, origin }: Program,
  why: string,
  { tell }: ScanningTools,
): ReadReport {
  const name = `${tool} over no commit`;
  tell(`${name}: ${why}`);
  const run = {
    tool,
    version,
    origin,
    filters: [why],
    silenced: [],
    hasFiles: true,
    database: null,
  };
  const source = {
    path: name,
    classes: ['secret' as const],
    facts: { ...noFacts, tool, version },
    run,
  };
  return { source, findings: [], troubles: [] };
}

async function runOne(
  program: Program,
  start: ToolStart,
  tools: ScanningTools,
  read: ReadOwn,
): Promise<ReadReport> {
  tools.tell(`▸ ${start.name}`);
  try {
    const report = await runTool(program, start, tools);
    try {
      return await read(report);
    } finally {
      await report.remove();
    }
  } catch (thrown) {
    return notScanned(start.name, thrown, tools);
  }
}

function notScanned(subject: string, thrown: unknown, { signal, tell }: ScanningTools): ReadReport {
  // Who cancels wants no verdict.
  signal.throwIfAborted();
  const says = messageOf(thrown);
  tell(`✗ ${subject}: ${says}`);
  const hint = thrown instanceof ShiplockError ? thrown.hint : undefined;
  const fix = hint ?? 'look at what this step was given, and at its log';
  return unread({ subject, says, fix }, null);
}
