import { messageOf } from '../../errors';
import type { ContainerLog } from '../../domain/records/journal';
import { displayName } from './find-replicas';
import type { World } from './world';

const lineLimit = 40;
const widthLimit = 500;

/** The last lines of containers, bounded; what cannot be read is said in its place. */
export async function collectLogs(world: World, ids: readonly string[]): Promise<ContainerLog[]> {
  return Promise.all(ids.slice(0, 6).map((id) => lastLines(world, id)));
}

async function lastLines(world: World, id: string): Promise<ContainerLog> {
  try {
    const { name } = await world.engine.inspectContainer(id);
    const lines: string[] = [];
    for await (const { line } of world.engine.containerLogs(id, { tail: lineLimit })) {
      lines.push(line.slice(0, widthLimit));
    }
    return { container: displayName(name, world.plan.target.project), lines };
  } catch (thrown) {
    return { container: id.slice(0, 12), lines: [`(no logs: ${messageOf(thrown)})`] };
  }
}
