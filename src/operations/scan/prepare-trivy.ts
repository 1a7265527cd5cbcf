import { trivyWords, type TrivySubject } from '../../commands/trivy';
import { classOfScanner, type TrivyScan, type TrivyTarget } from '../../domain/scan/planned-scan';
import type { ToolStart } from '../../domain/scan/tool-run';
import type { Program, RunTools } from './run-tool';
import { haveTrivyDatabase, type DatabaseTools } from './trivy-database';

export interface TrivyTools extends RunTools, DatabaseTools {
  /** Absolute path of a path that may begin at the checkout. */
  readonly absolute: (path: string) => string;
}

/** One start of Trivy: what it looks at is settled, and its database is there. */
export async function prepareTrivy(
  scan: TrivyScan,
  program: Program,
  tools: TrivyTools,
): Promise<ToolStart> {
  const subject = subjectOf(scan.target, tools);
  const cacheDir = tools.absolute(scan.cacheDir ?? tools.cacheFolder);
  const database = scan.scanners.includes('vuln')
    ? await haveTrivyDatabase(program, { cacheDir, offline: scan.offline }, tools)
    : null;
  const { skipDirs, skipFiles } = scan;
  return {
    tool: 'trivy',
    name: `trivy ${subject.command} ${subject.words.at(-1) ?? ''}`,
    kind: 'trivy',
    classes: scan.scanners.map((one) => classOfScanner[one]),
    proofs: [],
    words: (places) => trivyWords(scan, subject, cacheDir, places),
    files: {},
    variables: {},
    reportFrom: 'file',
    goodEnds: [0],
    timeoutMs: scan.timeoutMs,
    database,
    filters: [
      ...skipDirs.map((one) => `without the folders ${one}`),
      ...skipFiles.map((one) => `without the files ${one}`),
    ],
  };
}

function subjectOf(target: TrivyTarget, { absolute }: TrivyTools): TrivySubject {
  switch (target.kind) {
    case 'image':
      return { command: 'image', words: [target.reference] };
    case 'archive':
      return { command: 'image', words: ['--input', absolute(target.path)] };
    default:
      return { command: target.kind, words: [absolute(target.path)] };
  }
}
