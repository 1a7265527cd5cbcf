import type { RenderedSlot } from '../domain/compose/slot';
import type { Plan } from '../domain/records/plan';
import { ShiplockError } from '../errors';
import { runTask, type TaskResult } from '../operations/run-task';
import type { Session } from './deploy-tools';

/** What `migrate.version` said before and after; null = not asked. */
export interface SchemaFacts {
  readonly before: string | null;
  readonly after: string | null;
}

/** S6: the one-off containers of the migration, one after the other. */
export async function migrate(
  { engine }: Session,
  plan: Plan,
  tasks: RenderedSlot['tasks'],
): Promise<SchemaFacts> {
  const said = new Map<string, string>();
  for (const { task, timeoutMs } of tasks) {
    const result = await runTask(engine, plan.deploy, task, timeoutMs);
    if (result.code !== 0) throw failed(task, result);
    said.set(task, result.stdout.split('\n').at(-1)?.trim() ?? '');
  }
  return { before: said.get('schema-before') ?? null, after: said.get('schema-after') ?? null };
}

function failed(task: string, { code, lines }: TaskResult): ShiplockError {
  const what =
    task === 'migrate' ? 'the migration failed' : `the schema version could not be read (${task})`;
  const told = lines.slice(-15).join('\n');
  return new ShiplockError(`${what} with exit code ${code}`, {
    hint: `The old version serves on. The schema may have moved if the migration is not transactional. Its last lines:\n${told}`,
    fault: 'user',
  });
}
