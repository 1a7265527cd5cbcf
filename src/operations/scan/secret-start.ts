import { plainGit } from '../../commands/git-history';
import { gitleaksConfig, gitleaksFound } from '../../commands/gitleaks';
import { steadyTruffleHog } from '../../commands/trufflehog';
import type { SecretScan } from '../../domain/scan/planned-scan';
import type { RangeEvent } from '../../domain/scan/secret-range';
import type { SettleRules } from '../../domain/scan/settle-secret';
import type { Settle } from '../../domain/scan/sighting';
import type { RunPlaces, ToolStart } from '../../domain/scan/tool-run';
import type { HistoryTools } from './copy-history';
import type { Program, RunTools } from './run-tool';

export interface SecretTools extends RunTools {
  /** Absolute path of a path that may begin at the checkout. */
  readonly absolute: (path: string) => string;
  /** Whether there is a file in a folder, or below it. */
  readonly holdsFiles: (folder: string) => Promise<boolean>;
  readonly history: HistoryTools;
  /** What started the run. Throws when nobody can tell. */
  readonly rangeEvent: () => RangeEvent;
  /** Whether comments in the scanned code may hide lines of it. */
  readonly commentsCount: boolean;
}

/** What is to be started for one scan. */
export interface PreparedSecrets {
  readonly starts: readonly ToolStart[];
  /** Why there is nothing to look at; null = there is. */
  readonly nothing: string | null;
  /** Takes away what was laid out for it. */
  readonly done: () => Promise<void>;
}

/** What is the same in all starts for one scan. */
export interface SecretSubject {
  readonly scan: SecretScan;
  readonly program: Program;
  readonly rules: SettleRules;
  /** Of our own, for what is laid out. */
  readonly folder: string;
}

/** One start of a tool for secrets. */
export function secretStart(
  { scan: { tool, timeoutMs } }: SecretSubject,
  what: {
    readonly name: string;
    readonly words: (places: RunPlaces) => readonly string[];
    readonly settle: Settle;
    readonly mayBeEmpty: boolean;
    readonly hasFiles: boolean;
    readonly filters: readonly string[];
  },
): ToolStart {
  const isGitleaks = tool === 'gitleaks';
  return {
    ...what,
    tool,
    kind: tool,
    classes: ['secret'],
    proofs: [],
    silenced: [],
    files: isGitleaks ? { 'gitleaks.toml': gitleaksConfig } : {},
    variables: isGitleaks ? plainGit : { ...plainGit, ...steadyTruffleHog },
    reportFrom: isGitleaks ? 'file' : 'output',
    goodEnds: isGitleaks ? [0, gitleaksFound] : [0],
    timeoutMs,
    database: null,
  };
}
