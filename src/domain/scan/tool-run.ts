import type { FindingClass } from './finding';
import type { Settle } from './sighting';
import type { ScanTool } from './planned-scan';
import type { ReportKind } from './report-facts';
import type { Proof } from './report-line';

/** Places of one start of a tool; all of them are new, and gone when its report is read. */
export interface RunPlaces {
  /** Where the report is expected. */
  readonly report: string;
  /** Path of one of the `files` of the start. */
  readonly file: (name: string) => string;
}

/** One start of a tool, spelled out: nothing of the scanned code, nor of the job's environment, has a say in it. */
export interface ToolStart {
  readonly tool: ScanTool;
  /** What is scanned, in words; it stands where reports of other jobs have their path. */
  readonly name: string;
  readonly kind: ReportKind;
  /** What is looked for, known because this start asks for it. */
  readonly classes: readonly FindingClass[];
  /** What else must hold of the report, besides having been made here. */
  readonly proofs: readonly Proof[];
  /** Words after the program. */
  readonly words: (places: RunPlaces) => readonly string[];
  /** Configuration written beside the report, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Variables beyond those that every tool gets. */
  readonly variables: Readonly<Record<string, string>>;
  /** `file`: the tool writes it where it is told to. `output`: what it prints, its log behind it. */
  readonly reportFrom: 'file' | 'output';
  /** Exit codes after which the report counts. */
  readonly goodEnds: readonly number[];
  readonly timeoutMs: number;
  readonly database: ScanDatabase | null;
  /** What was left out, in words; empty = nothing. */
  readonly filters: readonly string[];
  /** Places in the scanned code that make the tool leave something out without a word, as `path:line`. */
  readonly silenced: readonly string[];
  /** Whether there is any file to look at. */
  readonly hasFiles: boolean;
  /** Gives findings the place where people find them; null = they have it. */
  readonly settle: Settle | null;
  /** Whether it may have found nothing to look at. */
  readonly mayBeEmpty: boolean;
}

/** The database that a tool judged by. */
export interface ScanDatabase {
  /** null = its metadata does not say. */
  readonly updatedAt: Date | null;
  /** `sha256:…` of its file; null = there is none. */
  readonly digest: string | null;
}

/** What is known of a report because it was made here. */
export interface OwnRun {
  readonly tool: ScanTool;
  /** As the program itself says, or as its download was pinned; empty = it does not say. */
  readonly version: string;
  /** Where the program came from. */
  readonly origin: string;
  readonly filters: readonly string[];
  readonly silenced: readonly string[];
  readonly hasFiles: boolean;
  readonly database: ScanDatabase | null;
}
