import type { RenderedSlot } from '../../domain/compose/slot';
import type { Plan } from '../../domain/records/plan';
import { ShiplockError } from '../../errors';
import { runTask, type TaskResult } from '../../operations/release/run-task';
import type { Engine } from '../../platform/docker-api/docker-api';

/** What `migrate.version` said before and after; null = not asked. */
export interface SchemaFacts {
  readonly before: string | null;
  readonly after: string | null;
}

/** A migration that failed; what became of the schema is read all the same. */
export class MigrationFailure extends ShiplockError {
  constructor(
    readonly schema: SchemaFacts,
    { code, lines }: TaskResult,
  ) {
    const told = lines.slice(-15).join('\n');
    super(`the migration failed with exit code ${code}`, {
      hint: `The old version serves on. ${afterFailure(schema)} Its last lines:\n${told}`,
      fault: 'user',
    });
  }
}

/**
 * S6: the one-off containers of the release, one after the other. That the schema's version cannot be read is no reason
 * to stop (an image that is older than the database cannot name its revision); that the migration or a one-shot fails is.
 */
export async function migrate(
  engine: Engine,
  plan: Plan,
  tasks: RenderedSlot['tasks'],
  note: (text: string) => void,
): Promise<SchemaFacts> {
  const said = new Map<string, string>();
  let failed: TaskResult | null = null;
  for (const { task, kind, timeoutMs } of tasks) {
    // After a migration that failed the schema is looked at, and nothing else is done.
    if (failed !== null && kind === 'once') continue;
    const result = await runTask(engine, plan.deploy, task, timeoutMs);
    if (result.code === 0) said.set(task, result.stdout.split('\n').at(-1)?.trim() ?? '');
    else if (kind === 'migration') failed = result;
    else if (kind === 'once') throw notCompleted(task, result);
    else
      note(
        `the schema's version is unknown: ${task} ended with exit code ${result.code}: ${result.lines.at(-1) ?? ''}`,
      );
  }
  const schema = {
    before: said.get('schema-before') ?? null,
    after: said.get('schema-after') ?? null,
  };
  if (failed !== null) throw new MigrationFailure(schema, failed);
  return schema;
}

function afterFailure({ before, after }: SchemaFacts): string {
  if (before === null || after === null)
    return 'The schema may have moved if the migration is not transactional.';
  if (before === after) return `The schema stays at ${after}.`;
  return `The schema has moved from ${before} to ${after}: see that the old version can live with it.`;
}

function notCompleted(service: string, { code, lines }: TaskResult): ShiplockError {
  const told = lines.slice(-15).join('\n');
  return new ShiplockError(
    `${service}, which runs once per release, ended with exit code ${code}`,
    {
      hint: `The old version serves on. The last lines of ${service}:\n${told}`,
      fault: 'user',
    },
  );
}
