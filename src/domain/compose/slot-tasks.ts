import { label } from '../release/labels';
import type { ComposeConfig, ComposeService } from './compose-config';
import { escapeDollar } from './compose-config';
import { oneShots, waitsAtAll } from './one-shots';
import type { MigrationSettings, SlotSettings } from './settings';
import { slotServiceName, type TaskName } from './slot-names';

/** A one-off container of a release: a service of the document that runs only when it is named. */
export interface SlotTask {
  /** What it is called among the tasks: `migrate`, `schema-before`, `schema-after`, or the one-shot service's own name. */
  readonly task: string;
  /** `look`: its failure is no reason to stop. */
  readonly kind: 'once' | 'migration' | 'look';
  /** Key in the compose document. */
  readonly service: string;
  readonly timeoutMs: number;
  readonly body: ComposeService;
}

/** What makes sense for a service that stays up, not for a command that ends. */
const unfit = ['depends_on', 'deploy', 'scale', 'healthcheck', 'links', 'stop_grace_period'];

/** Reading the schema version is a look, not work. */
const lookTimeoutMs = 60_000;
const onceTimeoutMs = 300_000;

/** A service as it will be in the slot; undefined for one that is not rendered. */
type Template = (service: string) => ComposeService | undefined;

/** The tasks of a release in the order they run: the migration, after the one-shots that do not wait for it and before those that do. */
export function slotTasks(
  compose: ComposeConfig,
  settings: SlotSettings,
  project: string,
  template: Template,
): readonly SlotTask[] {
  const { migrate } = settings;
  const after = (name: string): boolean =>
    migrate !== null && waitsAtAll(compose, name, migrate.service);
  const names = oneShots(compose, settings);
  const runs = (chosen: readonly string[]): readonly SlotTask[] =>
    chosen.flatMap((name) => {
      const body = template(name);
      if (body === undefined) return [];
      const made = asTask(body, name);
      const service = slotServiceName(project, name);
      return [{ task: name, kind: 'once', service, timeoutMs: onceTimeoutMs, body: made }];
    });
  const migrates = migrate === null ? undefined : template(migrate.service);
  return [
    ...runs(names.filter((name) => !after(name))),
    ...(migrate === null || migrates === undefined
      ? []
      : migrationTasks(migrate, migrates, project)),
    ...runs(names.filter(after)),
  ];
}

/**
 * The tasks of a migration, cloned from the service that migrates as it will run in the slot. Like `docker compose run`, a
 * task replaces the command and keeps the entrypoint: images whose entrypoint prepares the environment go on doing so.
 */
function migrationTasks(
  migrate: MigrationSettings,
  template: ComposeService,
  project: string,
): readonly SlotTask[] {
  const task = (name: TaskName, argv: readonly string[], timeoutMs: number): SlotTask => ({
    task: name,
    kind: name === 'migrate' ? 'migration' : 'look',
    service: slotServiceName(project, name),
    timeoutMs,
    body: { ...asTask(template, name), command: argv.map(escapeDollar) },
  });
  const look = (name: TaskName): readonly SlotTask[] =>
    migrate.version === null ? [] : [task(name, migrate.version, lookTimeoutMs)];
  return [
    ...look('schema-before'),
    task('migrate', migrate.command, migrate.timeoutMs),
    ...look('schema-after'),
  ];
}

function asTask(template: ComposeService, name: string): ComposeService {
  const body = Object.fromEntries(Object.entries(template).filter(([key]) => !unfit.includes(key)));
  return {
    ...body,
    ...limitsOf(template),
    profiles: ['shiplock-task'],
    healthcheck: { disable: true },
    ...namelessIn(template),
    labels: { ...template.labels, [label.role]: 'task', [label.task]: name },
  };
}

/** Memory and CPU limits hold for a task too. */
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
