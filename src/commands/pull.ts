import type { DockerCommand } from './compose';

/** Pulls by the host's own docker command, with the login that it finds there. */
export function pullCommand(docker: DockerCommand, image: string): string[] {
  return [...docker, 'pull', image];
}
