import { composeConfig, type ComposeConfig } from '../domain/compose/compose-config';
import { ShiplockError } from '../errors';

/** The Docker CLI and what stands before it, e.g. `['docker']` or `['sudo', '-n', 'docker']`. */
export type DockerCommand = readonly string[];

/** Which project a Compose command speaks about. */
export interface ComposeProject {
  /** undefined = Compose names it, after the folder or `name:` of the file. */
  readonly project: string | undefined;
  /** Paths on the host, in order; a later file overrides an earlier one. */
  readonly files: readonly string[];
  /** `.env`, `env_file` and bind mounts are read from here; default: the folder of the first file. */
  readonly directory?: string | undefined;
  /** Profiles to activate beside those that the host's environment names. */
  readonly profiles?: readonly string[];
}

function compose(
  docker: DockerCommand,
  { project, files, directory, profiles = [] }: ComposeProject,
): string[] {
  const folder = directory === undefined ? [] : ['--project-directory', directory];
  const name = project === undefined ? [] : ['-p', project];
  const active = profiles.flatMap((profile) => ['--profile', profile]);
  const all = files.flatMap((file) => ['-f', file]);
  return [...docker, 'compose', ...active, ...name, ...folder, ...all];
}

/** Prints the whole project as one JSON document, every reference resolved on the machine where it runs. */
export function configCommand(docker: DockerCommand, project: ComposeProject): string[] {
  return [...compose(docker, project), 'config', '--format', 'json'];
}

/** Creates the containers of the named services (all without a profile when none is named) and starts none. */
export function createCommand(
  docker: DockerCommand,
  project: ComposeProject,
  services: readonly string[] = [],
): string[] {
  return [...compose(docker, project), 'create', '--no-build', '--pull', 'never', ...services];
}

const leaveRunning = ['--detach', '--no-recreate', '--no-deps', '--pull', 'never', '--no-build'];

/** Starts shared services that do not run yet and leaves running ones exactly as they are; their images are there. */
export function startSharedCommand(
  docker: DockerCommand,
  project: ComposeProject,
  services: readonly string[],
): string[] {
  return [...compose(docker, project), 'up', ...leaveRunning, ...services];
}

/** Waits until services that run are healthy; fails as soon as one is not. */
export function awaitHealthyCommand(
  docker: DockerCommand,
  project: ComposeProject,
  services: readonly string[],
): string[] {
  return [...compose(docker, project), 'up', ...leaveRunning, '--wait', ...services];
}

/** Prints Compose's version; fails where only the old `docker-compose` or none is installed. */
export function versionCommand(docker: DockerCommand): string[] {
  return [...docker, 'compose', 'version', '--short'];
}

/** A version as `[major, minor, patch]` from `2.29.7`, `v2.26.1-4` or `2.40.3+ds1`; null when it is none. */
export function parseVersion(text: string): readonly [number, number, number] | null {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text.trim());
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

/** The document that `configCommand` printed; refuses what is not one, with the first lines of it. */
export function parseConfig(stdout: string): ComposeConfig {
  try {
    return composeConfig.parse(JSON.parse(stdout));
  } catch (cause) {
    throw new ShiplockError('docker compose config printed no compose document', {
      hint: `It began with: ${stdout.slice(0, 200).trim() || '(nothing)'}`,
      cause,
      fault: 'remote',
    });
  }
}
