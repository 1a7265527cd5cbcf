import { label } from '../release/labels';
import { escapeDollar, type ComposeService } from './compose-config';
import type { MigrationSettings } from './settings';
import { slotServiceName, type TaskName } from './slot-names';

/** A one-off container of the migration: a service of the document that runs only when it is named. */
export interface SlotTask {
  readonly task: TaskName;
  /** Key in the compose document. */
  readonly service: string;
  readonly timeoutMs: number;
  readonly body: ComposeService;
}

/** What makes sense for a service that stays up, not for a command that ends. */
const unfit = ['depends_on', 'deploy', 'scale', 'healthcheck', 'links', 'stop_grace_period'];

/** Reading the schema version is a look, not work. */
const lookTimeoutMs = 60_000;

/**
 * The tasks of a migration, cloned from the service that migrates as it will run in the slot. Like `docker compose run`, a
 * task replaces the command and keeps the entrypoint: images whose entrypoint prepares the environment go on doing so.
 */
export function slotTasks(
  migrate: MigrationSettings,
  template: ComposeService,
  project: string,
): readonly SlotTask[] {
  const body = Object.fromEntries(Object.entries(template).filter(([key]) => !unfit.includes(key)));
  const task = (name: TaskName, argv: readonly string[], timeoutMs: number): SlotTask => ({
    task: name,
    service: slotServiceName(project, name),
    timeoutMs,
    body: {
      ...body,
      ...limitsOf(template),
      profiles: ['shiplock-task'],
      command: argv.map(escapeDollar),
      healthcheck: { disable: true },
      ...namelessIn(template),
      labels: { ...template.labels, [label.role]: 'task', [label.task]: name },
    },
  });
  const look = (name: TaskName): readonly SlotTask[] =>
    migrate.version === null ? [] : [task(name, migrate.version, lookTimeoutMs)];
  return [
    ...look('schema-before'),
    task('migrate', migrate.command, migrate.timeoutMs),
    ...look('schema-after'),
  ];
}

/** Memory and CPU limits hold for the migration too. */
function limitsOf({ deploy }: ComposeService): { deploy?: { resources: unknown } } {
  return deploy?.['resources'] === undefined ? {} : { deploy: { resources: deploy['resources'] } };
}

/** On the slot's network a task does not answer to the name of the service it was cloned from. */
function namelessIn({ networks }: ComposeService): Pick<ComposeService, 'networks'> {
  if (networks === undefined || networks === null) return {};
  const nameless = Object.entries(networks).map(
    ([key, how]) => [key, { ...how, aliases: [] as string[] }] as const,
  );
  return { networks: Object.fromEntries(nameless) };
}
