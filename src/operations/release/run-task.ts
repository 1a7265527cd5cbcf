import { ShiplockError } from '../../errors';
import { label } from '../../domain/release/labels';
import type { Engine } from '../../platform/docker-api/docker-api';

/** How a one-off container ended. */
export interface TaskResult {
  readonly code: number;
  /** Its last lines, stdout and stderr as they came. */
  readonly lines: readonly string[];
  readonly stdout: string;
}

/** Runs a one-off container of this deploy, by the name of its task; the container is not cut when the caller goes away. */
export async function runTask(
  engine: Engine,
  deploy: string,
  task: string,
  timeoutMs: number,
): Promise<TaskResult> {
  const labels = [`${label.deploy}=${deploy}`, `${label.task}=${task}`];
  const [container] = await engine.listContainers({ labels, all: true });
  if (container === undefined)
    throw new ShiplockError(`the container for ${task} was not created`, { fault: 'bug' });
  await engine.startContainer(container.id);
  const code = await engine.waitContainer(container.id, { timeoutMs }).catch((cause: unknown) => {
    throw new ShiplockError(
      `${task} did not end within ${Math.round(timeoutMs / 1000)} s; it is left running, and its container is removed once it has ended`,
      {
        hint: 'Raise migrate.timeout, or make the migration shorter. Do not deploy again before it has ended.',
        cause,
        fault: 'remote',
      },
    );
  });
  const lines: string[] = [];
  const out: string[] = [];
  for await (const { stream, line } of engine.containerLogs(container.id, { tail: 60 })) {
    lines.push(line.slice(0, 500));
    if (stream === 'stdout') out.push(line);
  }
  return { code, lines, stdout: out.join('\n').trim() };
}
