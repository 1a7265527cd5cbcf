import { imagesOf, type Release } from '../../domain/records/release';
import { label } from '../../domain/release/labels';
import { isSpare, type OtherUsers } from '../../domain/release/spare-image';
import type { Files } from '../../platform/files';
import { findImage } from './local-images';
import { readLedger } from './release-files';
import type { World } from './world';

/** Removes those of the images that nobody else on the host needs; whose need cannot be told stays. */
export async function pruneImages(world: World, images: readonly string[]): Promise<void> {
  if (images.length === 0) return;
  const { engine } = world;
  const others = await findOtherUsers(world);
  for (const image of images) {
    const held = await findImage(engine, image);
    if (held === null || !isSpare(image, held, others)) continue;
    // Without force: a container that was made in this instant keeps its image.
    await engine.removeImage(image).catch(() => undefined);
  }
}

async function findOtherUsers({ engine, files, plan }: World): Promise<OtherUsers> {
  const [containers, neighbours] = await Promise.all([
    engine.listContainers({ all: true }),
    readNeighbours(files, plan.base),
  ]);
  const readable = new Set([plan.base, ...neighbours.keys()]);
  const isUnread = (base: string | undefined): boolean => base !== undefined && !readable.has(base);
  return {
    inUse: new Set(containers.map(({ imageId }) => imageId)),
    recorded: [...neighbours.values()].flat().flatMap(imagesOf),
    unread: containers
      .filter(({ labels }) => isUnread(labels[label.base]))
      .map(({ image }) => image),
  };
}

/** What other apps and environments have on record, by their folders beside ours; a folder that cannot be read is not among them. */
async function readNeighbours(
  files: Files,
  base: string,
): Promise<ReadonlyMap<string, readonly Release[]>> {
  const root = base.split('/').slice(0, -2).join('/');
  const inside = async (folder: string): Promise<readonly string[]> =>
    (await files.list(folder).catch(() => [])).map((name) => `${folder}/${name}`);
  const apps = await inside(root);
  const bases = (await Promise.all(apps.map(inside))).flat().filter((one) => one !== base);
  const ledgers = await Promise.all(
    bases.map(async (one) => {
      const ledger = await readLedger(files, one).catch(() => null);
      return ledger === null ? [] : [[one, ledger] as const];
    }),
  );
  return new Map(ledgers.flat());
}
