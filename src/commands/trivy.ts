import type { TrivyScan } from '../domain/scan/planned-scan';
import type { RunPlaces } from '../domain/scan/tool-run';

/** What Trivy is started on, as it is known once tags are resolved and paths absolute. */
export interface TrivySubject {
  /** Words that name it: a reference, a path, or `--input` and a path. */
  readonly words: readonly string[];
  readonly command: 'image' | 'fs' | 'rootfs' | 'repo' | 'config' | 'sbom';
}

// Trivy reads these names from the folder that it is started in; an empty text turns each of them off.
const noFiles = ['--config', '', '--ignorefile', ''];
const quiet = ['--no-progress', '--skip-version-check', '--disable-telemetry'];

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
    '--cache-dir',
    cacheDir,
    // Trivy's own deadline is later than ours, so that there is one cause.
    ...['--timeout', `${Math.ceil(timeoutMs / 1000) + 60}s`],
    ...['--format', 'json', '--output', report],
    ...['--exit-code', '0'],
    ...(command === 'config' ? [] : ['--scanners', scanners.join(',')]),
    ...(command === 'config' || command === 'sbom' ? [] : ['--secret-config', '']),
    ...(command === 'config' ? [] : ['--show-suppressed']),
    ...keptWords(command),
    ...(offline && command !== 'config' ? ['--offline-scan', '--skip-java-db-update'] : []),
    ...skipDirs.flatMap((one) => ['--skip-dirs', one]),
    ...skipFiles.flatMap((one) => ['--skip-files', one]),
    ...words,
  ];
}

/** What the scan takes as it is: the database was brought up to date before, and the checks are the program's own. */
function keptWords(command: TrivySubject['command']): readonly string[] {
  if (command === 'config') return ['--skip-check-update'];
  return command === 'sbom' ? ['--skip-db-update'] : ['--skip-db-update', '--skip-check-update'];
}

/** Words that bring the database up to date and scan nothing. */
export function databaseWords(cacheDir: string): readonly string[] {
  return ['image', ...noFiles, ...quiet, '--cache-dir', cacheDir, '--download-db-only'];
}
