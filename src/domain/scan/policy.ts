import {
  secretStatuses,
  severities,
  type FindingClass,
  type SecretStatus,
  type Severity,
} from './finding';

/** The lowest severity that counts; null = none does. */
export type Level = Exclude<Severity, 'unknown'> | null;

/** Levels of the classes that are judged by severity. */
export type Levels = Readonly<Record<Exclude<FindingClass, 'secret'>, Level>>;

/** From which findings on a run warns or fails. */
export interface Threshold {
  readonly levels: Levels;
  /** The mildest status that counts; null = none does. */
  readonly secret: SecretStatus | null;
}

/** What a team wants of its scans. */
export interface ScanPolicy {
  readonly failOn: Threshold;
  readonly warnOn: Threshold;
  /** Classes that some report must have looked for. */
  readonly required: readonly FindingClass[];
  /** What findings without a severity count as. */
  readonly unknownSeverity: Exclude<Severity, 'unknown'>;
  /** Vulnerabilities without a fix neither fail nor warn. */
  readonly ignoreUnfixed: boolean;
  /** Vulnerabilities of packages that are known to be for development only neither fail nor warn. */
  readonly runtimeOnly: boolean;
  /** Vulnerabilities of this CVSS score and more fail, whatever their severity; null = the severity alone decides. */
  readonly cvss: number | null;
  readonly endOfLife: 'fail' | 'warn' | 'pass';
  /** Levels for single detectors, by their name; null = never. */
  readonly detectors: ReadonlyMap<string, SecretStatus | null>;
  readonly licences: {
    readonly allow: readonly string[];
    readonly deny: readonly string[];
  };
  /** Most bytes and layers of an image, unpacked; null = any. */
  readonly maxImageSize: number | null;
  readonly maxImageLayers: number | null;
  /** Longest life of an ignore, in days. */
  readonly ignoreLifetime: number;
  readonly unusedIgnores: 'list' | 'fail';
  readonly missingBaseline: 'fail' | 'gate-on-all';
}

/** Who found what no scanner did: the gate itself. */
export const ownTool = 'Shiplock';

const everything = (level: Level): Levels => ({
  vulnerability: level,
  misconfiguration: level,
  licence: level,
  code: level,
});

export const defaultPolicy: ScanPolicy = {
  failOn: { levels: everything('high'), secret: 'unknown' },
  warnOn: { levels: everything('medium'), secret: 'unverified' },
  required: [],
  unknownSeverity: 'high',
  ignoreUnfixed: false,
  runtimeOnly: false,
  cvss: null,
  endOfLife: 'fail',
  detectors: new Map(),
  licences: { allow: [], deny: [] },
  maxImageSize: null,
  maxImageLayers: null,
  ignoreLifetime: 365,
  unusedIgnores: 'list',
  missingBaseline: 'fail',
};

/** Whether a severity is at least as bad as the level. */
export function reaches(severity: Severity, level: Level): boolean {
  return level !== null && severities.indexOf(severity) <= severities.indexOf(level);
}

/** Whether a status is at least as bad as the one that counts. */
export function reachesStatus(status: SecretStatus, level: SecretStatus | null): boolean {
  return level !== null && secretStatuses.indexOf(status) <= secretStatuses.indexOf(level);
}
