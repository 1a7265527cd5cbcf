import type { FindingClass } from './finding';

/** The scanners that can be run here. */
export const scanTools = ['trivy', 'trufflehog', 'gitleaks'] as const;
export type ScanTool = (typeof scanTools)[number];

/** Which build of a tool may run: an exact version, or `path`, whatever lies on PATH. */
export type WantedVersion = { readonly exact: string } | 'path';

export const trivyScanners = ['vuln', 'misconfig', 'secret', 'license'] as const;
export type TrivyScanner = (typeof trivyScanners)[number];

/** What each of Trivy's scanners looks for. */
export const classOfScanner: Readonly<Record<TrivyScanner, FindingClass>> = {
  vuln: 'vulnerability',
  misconfig: 'misconfiguration',
  secret: 'secret',
  license: 'licence',
};

/** What Trivy looks at. A path begins at the checkout unless it is absolute. */
export type TrivyTarget =
  /** A reference as it was given: by digest, by tag, or the name of a local image. */
  | { readonly kind: 'image'; readonly reference: string }
  /** A saved image, as `docker save` and OCI layouts have it. */
  | { readonly kind: 'archive'; readonly path: string }
  | { readonly kind: 'fs' | 'rootfs' | 'repo' | 'config' | 'sbom'; readonly path: string };

export interface TrivyScan {
  readonly tool: 'trivy';
  readonly target: TrivyTarget;
  readonly scanners: readonly TrivyScanner[];
  /** Globs that are not looked at; every view names them. */
  readonly skipDirs: readonly string[];
  readonly skipFiles: readonly string[];
  /** Folder of the database and of what was analysed before; undefined = one of this job. */
  readonly cacheDir: string | undefined;
  /** Nothing is asked of the network but the image itself. */
  readonly offline: boolean;
  readonly timeoutMs: number;
}

/** Which states of a secret TruffleHog reports; its option `--results`. */
export const secretResults = ['verified', 'unknown', 'unverified', 'filtered_unverified'] as const;
export type SecretResult = (typeof secretResults)[number];

/** A look for secrets in a git history, or in a folder without one. */
export interface SecretScan {
  readonly tool: 'trufflehog' | 'gitleaks';
  /** Folder, from the checkout on unless absolute. */
  readonly path: string;
  /** Ends of the range as they were given; undefined = the event decides. */
  readonly base: string | undefined;
  readonly head: string | undefined;
  /** Empty = all but `filtered_unverified`. */
  readonly results: readonly SecretResult[];
  readonly timeoutMs: number;
}

/** One run of a scanner that the inputs ask for. */
export type PlannedScan = TrivyScan | SecretScan;
