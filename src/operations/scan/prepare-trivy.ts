import { trivyWords, type TrivySubject } from '../../commands/trivy';
import { classOfScanner, type TrivyScan, type TrivyTarget } from '../../domain/scan/planned-scan';
import type { Proof } from '../../domain/scan/report-line';
import type { ToolStart } from '../../domain/scan/tool-run';
import type { Program } from './run-tool';
import { settleImage, type ImageTools } from './settle-image';
import { haveTrivyDatabase, type DatabaseTools } from './trivy-database';

export interface TrivyTools extends DatabaseTools, ImageTools {
  /** Absolute path of a path that may begin at the checkout. */
  readonly absolute: (path: string) => string;
}

/** One start of Trivy: what it looks at is settled, and its database is there. */
export async function prepareTrivy(
  scan: TrivyScan,
  program: Program,
  tools: TrivyTools,
): Promise<ToolStart> {
  const { subject, name, proofs } = await settle(scan.target, tools);
  const cacheDir = tools.absolute(scan.cacheDir ?? tools.cacheFolder);
  const database = scan.scanners.includes('vuln')
    ? await haveTrivyDatabase(program, { cacheDir, offline: scan.offline }, tools)
    : null;
  const { skipDirs, skipFiles } = scan;
  return {
    tool: 'trivy',
    name,
    kind: 'trivy',
    classes: scan.scanners.map((one) => classOfScanner[one]),
    proofs,
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

interface Settled {
  readonly subject: TrivySubject;
  readonly name: string;
  readonly proofs: readonly Proof[];
}

async function settle(target: TrivyTarget, tools: TrivyTools): Promise<Settled> {
  switch (target.kind) {
    case 'image': {
      const { words, name, proofs } = await settleImage(target.reference, tools);
      return { subject: { command: 'image', words }, name: `image ${name}`, proofs };
    }
    case 'archive': {
      const words = ['--input', tools.absolute(target.path)];
      return { subject: { command: 'image', words }, name: `image ${target.path}`, proofs: [] };
    }
    default: {
      const subject = { command: target.kind, words: [tools.absolute(target.path)] };
      return { subject, name: `${target.kind} ${target.path}`, proofs: [] };
    }
  }
}
