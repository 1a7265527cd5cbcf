import type { Finding, FindingClass, Growing } from '../../domain/scan/finding';
import type { ReportFacts } from '../../domain/scan/report-facts';
import type { Sighting } from '../../domain/scan/sighting';

/** Where the findings of a report go. */
export interface ReportSink {
  /** The class of results in formats that do not know classes. */
  readonly soleClass: FindingClass;
  add(finding: Finding, sighting?: Sighting): void;
  /** A finding that is not whole yet, as it is to be kept until then. */
  readonly hold: (finding: Growing) => Growing;
  /** Adds what was held. */
  addHeld(finding: Finding): void;
  /** Takes a secret away at once: masks it, and gives a keyed hash that can be kept. */
  readonly seal: (secret: string) => string;
  /** The keyed hash of a text that is no secret by itself. */
  readonly hash: (text: string) => string;
}

/** Reads one report to its end. Throws a ReportTrouble when it is not a whole report of this kind. */
export type ReportReader = (
  chunks: AsyncIterable<Uint8Array>,
  sink: ReportSink,
) => Promise<ReportFacts>;
