/** What is judged apart: each class has levels of its own. */
export const findingClasses = [
  'vulnerability',
  'misconfiguration',
  'secret',
  'licence',
  'code',
] as const;
export type FindingClass = (typeof findingClasses)[number];

/** The worst first. `unknown`: the tool gives none. */
export const severities = ['critical', 'high', 'medium', 'low', 'unknown'] as const;
export type Severity = (typeof severities)[number];

/**
 * What is known of a secret, the worst first: it works; nobody could tell (the check failed, or the tool makes none); it was
 * tried and does not work.
 */
export const secretStatuses = ['verified', 'unknown', 'unverified'] as const;
export type SecretStatus = (typeof secretStatuses)[number];

/** What was violated; shared by all findings of it. Every text may come from a stranger. */
export interface Rule {
  /** CVE, check, detector or SPDX licence. */
  readonly id: string;
  /** Other names of the same. */
  readonly aliases: readonly string[];
  readonly title: string;
  readonly url: string | null;
}

export interface AffectedPackage {
  readonly name: string;
  readonly version: string;
  /** Package URL as the tool gave it; null when it gave none. */
  readonly purl: string | null;
  /** Versions with the fix; empty = there is none. */
  readonly fixedIn: string;
  /** null = the tool does not tell. */
  readonly scope: 'runtime' | 'development' | null;
  /** Where the package lies, when that is not the target. */
  readonly path: string;
}

/** One thing that a tool found, in the words of none of them. No secret is in it, and no text that could hold one. */
export interface Finding {
  readonly class: FindingClass;
  readonly rule: Rule;
  readonly severity: Severity;
  /** CVSS base score, 0 to 10. */
  readonly score: number | null;
  readonly tool: string;
  /** Path of a file, or the repository of an image, without tag and version. */
  readonly target: string;
  readonly line: number | null;
  readonly package: AffectedPackage | null;
  readonly secret: SecretStatus | null;
  /** Why the tool itself suppressed it, as an inline comment does; null = it did not. */
  readonly suppressed: string | null;
  /** What else tells two findings of a rule in a target apart: the keyed hash of a secret, the resource. */
  readonly mark: string;
  /** Names that other tools' ignore files use for exactly this finding. */
  readonly nativeId: string;
}

/** A finding that is still being read. */
export type Growing = { -readonly [Key in keyof Finding]: Finding[Key] };

/** The rule of an operating system that gets no more updates. */
export const endOfLifeRule = 'end-of-life';
/** The rule of a package that a tool could not look up. */
export const notAuditedRule = 'not-audited';

/** A finding of which nothing but its rule is known yet. */
export function blankFinding(of: FindingClass, tool: string, rule: Rule): Finding {
  return {
    class: of,
    rule,
    severity: 'unknown',
    score: null,
    tool,
    target: '',
    line: null,
    package: null,
    secret: of === 'secret' ? 'unknown' : null,
    suppressed: null,
    mark: '',
    nativeId: '',
  };
}
