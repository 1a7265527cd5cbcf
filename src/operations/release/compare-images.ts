import type { PlacedRelease } from '../../domain/records/plan';
import { findReplicas } from './find-replicas';
import type { World } from './world';

/**
 * Compares what every container of a release runs with the digest on its record: a tag that moved, or an image that was
 * swapped under its name, is found before it gets traffic.
 * @returns what differs, or null
 */
export async function compareImages(world: World, placed: PlacedRelease): Promise<string | null> {
  const { engine } = world;
  for (const { id, name, service } of await findReplicas(engine, world.plan, placed)) {
    const [container, image] = await Promise.all([
      engine.inspectContainer(id),
      engine.inspectImage(service.image),
    ]);
    if (container.imageId !== image.id) {
      return `${name} runs ${container.imageId}, which is not ${service.image}`;
    }
  }
  return null;
}
