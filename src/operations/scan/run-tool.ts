import { join } from 'node:path';
import type { ReportRequest } from '../../domain/scan/report-line';
import type { OwnRun, RunPlaces, ToolStart } from '../../domain/scan/tool-run';
import { formatDuration } from '../../domain/duration';
import { ShiplockError } from '../../errors';
import type { ProgramEnd, ProgramRun } from '../../platform/run-program';

/** A scanner that may be started. */
export interface Program {
  /** Absolute. */
  readonly path: string;
  /** Empty = it does not say. */
  readonly version: string;
  /** `PATH`, `cache` or `download`, for people. */
  readonly origin: string;
}

export interface RunTools {
  /** A new folder of this job's that nobody else may read, with empty folders in it. */
  readonly makeFolder: (inside: readonly string[]) => Promise<string>;
  readonly write: (path: string, text: string) => Promise<void>;
  readonly remove: (folder: string) => Promise<void>;
  /** The last lines of a file; none when there is no such file. */
  readonly lastLines: (path: string) => Promise<readonly string[]>;
  /** Ends with the run when that is cancelled. */
  readonly runProgram: (run: Omit<ProgramRun, 'signal'>) => Promise<ProgramEnd>;
  /** What every tool sees of the job's environment: nothing that a scanner takes settings from. */
  readonly variables: Readonly<Record<string, string>>;
  /** Shows lines of a stranger so that the runner obeys none of them. */
  readonly show: (title: string, lines: readonly string[]) => void;
}

/** A report that was made here. */
export interface OwnReport {
  readonly request: ReportRequest;
  readonly name: string;
  readonly run: OwnRun;
  readonly settle: ToolStart['settle'];
  readonly mayBeEmpty: boolean;
  /** What the tool printed, for a report that begins with it: it may hold secrets, and lies on no disk. null = the file is all. */
  readonly printed: readonly Uint8Array[] | null;
  /** Takes the report away, and all else of the start. */
  readonly remove: () => Promise<void>;
}

/** A log needs no more; a report of this size could not be judged anyway. */
const maxBytes = 2 ** 31;

/** What is held in memory. */
const maxPrinted = 2 ** 28;

/**
 * Runs one tool from an empty folder, with an environment of ours and an empty home. Throws a ShiplockError that says how
 * it ended, when it did not come to its end; the words of a failed tool are shown, its report is not.
 */
export async function runTool(
  program: Program,
  start: ToolStart,
  tools: RunTools,
): Promise<OwnReport> {
  const folder = await tools.makeFolder(['empty', 'home', 'temporary']);
  const remove = (): Promise<void> => tools.remove(folder);
  try {
    const at = await layOut(folder, start, tools);
    const printed: Uint8Array[] | null = start.reportFrom === 'output' ? [] : null;
    const end = await tools.runProgram({
      argv: [program.path, ...start.words(at)],
      folder: at.empty,
      variables: { ...tools.variables, HOME: at.home, TMPDIR: at.temporary, ...start.variables },
      stdout: printed === null ? at.printed : (chunk) => printed.push(chunk),
      stderr: at.log,
      maxBytes: printed === null ? maxBytes : maxPrinted,
      timeoutMs: start.timeoutMs,
    });
    await refuseBadEnd(end, start, at.log, tools);
    return {
      request: requestOf(start, printed === null ? at.report : at.log),
      name: start.name,
      run: runOf(program, start),
      settle: start.settle,
      mayBeEmpty: start.mayBeEmpty,
      printed,
      remove,
    };
  } catch (thrown) {
    await remove();
    throw thrown;
  }
}

interface Layout extends RunPlaces {
  readonly empty: string;
  readonly home: string;
  readonly temporary: string;
  readonly printed: string;
  readonly log: string;
}

async function layOut(folder: string, start: ToolStart, tools: RunTools): Promise<Layout> {
  const at = (name: string): string => join(folder, name);
  for (const [name, text] of Object.entries(start.files))
    await tools.write(at(`file-${name}`), text);
  return {
    empty: at('empty'),
    home: at('home'),
    temporary: at('temporary'),
    report: at('report'),
    printed: at('printed'),
    log: at('log'),
    file: (name) => at(`file-${name}`),
  };
}

async function refuseBadEnd(
  end: ProgramEnd,
  start: ToolStart,
  log: string,
  { lastLines, show }: RunTools,
): Promise<void> {
  if (end.kind === 'exited' && start.goodEnds.includes(end.code)) return;
  show(`${start.tool}: its last words`, await lastLines(log));
  throw new ShiplockError(`${start.tool} ${howItEnded(end, start)}`, {
    fault: 'remote',
    hint: 'read its last words in the log of this step',
  });
}

function howItEnded(end: ProgramEnd, { timeoutMs }: ToolStart): string {
  switch (end.kind) {
    case 'exited':
      return `ended with exit code ${end.code}`;
    case 'killed':
      return `was killed by ${end.signal}`;
    case 'timeout':
      return `did not end within ${formatDuration(timeoutMs)} and was ended`;
    case 'too-much':
      return 'printed more than can be a report and was ended';
    case 'fault':
      return `could not do its work: ${end.why}`;
  }
}

function requestOf({ kind, classes, proofs, database }: ToolStart, path: string): ReportRequest {
  const dbUpdated = database?.updatedAt ?? null;
  return { kind, path, classes, proofs: [...proofs, { kind: 'this-job' }], dbUpdated };
}

function runOf({ version, origin }: Program, start: ToolStart): OwnRun {
  const { tool, filters, silenced, hasFiles, database } = start;
  return { tool, version, origin, filters, silenced, hasFiles, database };
}
