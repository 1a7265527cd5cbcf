/** Labels that tell our containers apart; names are for people, labels are what the code reads. */
export const label = {
  app: 'shiplock.app',
  environment: 'shiplock.environment',
  slot: 'shiplock.slot',
  service: 'shiplock.service',
  release: 'shiplock.release',
  base: 'shiplock.base',
  deploy: 'shiplock.deploy',
  /** `service`, or `task` for a one-off container of the migration. */
  role: 'shiplock.role',
  task: 'shiplock.task',
  /** Ports of the host, by comma, that a service has in the one slot and in the other. */
  ports: 'shiplock.ports',
  /** On a keeper: the id of the deploy it keeps. */
  keeper: 'shiplock.keeper',
} as const;

/** Labels that Compose itself puts on every container. */
export const composeLabel = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  network: 'com.docker.compose.network',
  workingDir: 'com.docker.compose.project.working_dir',
  /** `True` on a container of `docker compose run`. */
  oneoff: 'com.docker.compose.oneoff',
} as const;

/** Label filters that match every container of one app in one environment. */
export function ofApp(app: string, environment: string): readonly string[] {
  return [`${label.app}=${app}`, `${label.environment}=${environment}`];
}
