import type { DeployTools } from './deploy-tools';

/** The id of one run on a host: sorts by time and cannot be guessed. */
export function newDeployId({ clock, random }: Pick<DeployTools, 'clock' | 'random'>): string {
  const time = new Date(clock.now()).toISOString().replace(/\D/g, '').slice(0, 14);
  return `${time}-${random(4)}`;
}
