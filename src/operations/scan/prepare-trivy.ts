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
  /** Whether any file lies at a path. Throws when there is none of that name. */
  readonly holdsFiles: (path: string) => Promise<boolean>;
  /** Lines that fit in files whose names do, as `path:line`. */
  readonly findLines: (path: string, named: RegExp, wanted: RegExp) => Promise<readonly string[]>;
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
    settle: null,
    mayBeEmpty: false,
    variables: {},
    reportFrom: 'file',
    goodEnds: [0],
    timeoutMs: scan.timeoutMs,
    database,
    silenced: await silencedIn(scan, tools),
    hasFiles: isImage(scan.target) || (await tools.holdsFiles(tools.absolute(scan.target.path))),
    filters: [
      ...skipDirs.map((one) => `without the folders ${one}`),
      ...skipFiles.map((one) => `without the files ${one}`),
    ],
  };
}

const isImage = (
  target: TrivyTarget,
): target is Extract<TrivyTarget, { kind: 'image' | 'archive' }> =>
  target.kind === 'image' || target.kind === 'archive';

// What Trivy takes for configuration, and the comments in it that make a check count for nothing there.
const configuration =
  /(?:^|[/.])(?:Dockerfile|Containerfile)[^/]*$|\.(?:tf|tofu|ya?ml|json|toml|tpl|bicep|dockerfile)$/i;
const silencer = /(?:trivy|tfsec):ignore:/;

/** Trivy obeys comments of the scanned code, and its report is silent about them. */
function silencedIn(
  { scanners, target }: TrivyScan,
  tools: TrivyTools,
): Promise<readonly string[]> {
  if (!scanners.includes('misconfig') || isImage(target)) return Promise.resolve([]);
  return tools.findLines(tools.absolute(target.path), configuration, silencer);
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
      // `trivy config` is `trivy fs` for misconfiguration alone.
      const command = target.kind === 'config' ? 'fs' : target.kind;
      const subject = { command, words: [tools.absolute(target.path)] } as const;
      return { subject, name: `${target.kind} ${target.path}`, proofs: [] };
    }
  }
}
