import type { FindingClass } from './finding';

/** What a report says of itself. */
export interface ReportFacts {
  /** Name and version of the tool; the version is empty when the report does not say. */
  readonly tool: string;
  readonly version: string;
  /** What was scanned, in the tool's words. */
  readonly subject: string;
  /** Repository of the image, without tag and digest; empty when it is none. */
  readonly image: string;
  readonly architecture: string;
  /** Bytes of its layers, unpacked, and how many they are; null = it is none, or the report does not say. */
  readonly size: number | null;
  readonly layers: number | null;
  /** Digests and ids that the image is known by. */
  readonly digests: readonly string[];
  readonly commits: readonly string[];
  /** How many targets (packages files, folders, histories) were looked at; null = this format does not say. */
  readonly targets: number | null;
  /** Classes that some target is of; null = this format does not say. */
  readonly targetClasses: readonly FindingClass[] | null;
  /** When it was made; null = it does not say. */
  readonly createdAt: Date | null;
}

/** Facts that most formats do not give. */
export const noFacts: ReportFacts = {
  tool: '',
  version: '',
  subject: '',
  image: '',
  architecture: '',
  size: null,
  layers: null,
  digests: [],
  commits: [],
  targets: null,
  targetClasses: null,
  createdAt: null,
};

export const reportKinds = [
  'trivy',
  'trufflehog',
  'gitleaks',
  'safety',
  'pip-audit',
  'npm-audit',
  'sarif',
] as const;
export type ReportKind = (typeof reportKinds)[number];

/** The only class that a kind of report can speak of; null = the report's maker has to say. */
export const soleClass: Readonly<Record<ReportKind, FindingClass | null>> = {
  trivy: null,
  trufflehog: 'secret',
  gitleaks: 'secret',
  safety: 'vulnerability',
  'pip-audit': 'vulnerability',
  'npm-audit': 'vulnerability',
  sarif: null,
};
