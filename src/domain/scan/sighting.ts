import type { Finding } from './finding';

/** Where a tool says that it saw a secret. */
export interface Sighting {
  /** Full id; empty where it looked at no history. */
  readonly commit: string;
  readonly file: string;
  /** null = it does not say. */
  readonly line: number | null;
  readonly endLine: number | null;
  /** The secret, to find its line by it; kept no longer than that. null = the tool does not tell it. */
  readonly text: string | null;
}

/** The finding with the place where people find it; null = it is none of what was asked for. */
export type Settle = (finding: Finding, sighting: Sighting) => Finding | null;
