import type { TrivyScan } from '../domain/scan/planned-scan';
import type { RunPlaces } from '../domain/scan/tool-run';

/** What Trivy is started on, as it is known once tags are resolved and paths absolute. */
export interface TrivySubject {
  readonly command: 'image' | 'fs' | 'rootfs' | 'repo' | 'sbom';
  /** Words that name it: a reference, a path, or `--input` and a path. */
  readonly words: readonly string[];
}

// Trivy reads files of these names from the folder that it is started in; an empty text turns each of them off.
const noFiles = ['--config', '', '--ignorefile', ''];
const quiet = ['--no-progress', '--skip-version-check'];
// The list of materials of an image or folder is not looked into for these, so that Trivy refuses the words.
const notForMaterials = ['--secret-config', '', '--skip-check-update', '--disable-telemetry'];

/**
 * Words of a scan. All severities and states are asked for, and what Trivy would suppress is shown: the policy of this gate
 * decides. The checks are those of the program itself, and the database is the one that was looked at before.
 */
export function trivyWords(
  { scanners, skipDirs, skipFiles, offline, timeoutMs }: TrivyScan,
  { command, words }: TrivySubject,
  cacheDir: string,
  { report }: RunPlaces,
): readonly string[] {
  return [
    command,
    ...noFiles,
    ...quiet,
    ...(command === 'sbom' ? [] : notForMaterials),
    ...['--cache-dir', cacheDir, '--skip-db-update'],
    ...(offline ? ['--offline-scan', '--skip-java-db-update'] : []),
    // Trivy's own deadline is later than ours, so that there is one cause.
    ...['--timeout', `${Math.ceil(timeoutMs / 1000) + 60}s`],
    ...['--format', 'json', '--output', report, '--exit-code', '0', '--show-suppressed'],
    ...['--scanners', scanners.join(',')],
    ...skipDirs.flatMap((one) => ['--skip-dirs', one]),
    ...skipFiles.flatMap((one) => ['--skip-files', one]),
    ...words,
  ];
}

/** Words that bring the database up to date and scan nothing. */
export function databaseWords(cacheDir: string): readonly string[] {
  return ['image', ...noFiles, ...quiet, '--cache-dir', cacheDir, '--download-db-only'];
}
