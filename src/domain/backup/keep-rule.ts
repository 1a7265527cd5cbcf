/** How many verified backups of one source are kept; one that any of the rules wants stays. */
export interface KeepRule {
  /** The newest ones. */
  readonly last: number;
  /** The newest one of each of so many days, weeks, months that have one. */
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
  /** All that are younger than so many days. */
  readonly days: number;
}

/** Fewer than this are never left, whatever the rule says. */
export const fewestKept = 3;
