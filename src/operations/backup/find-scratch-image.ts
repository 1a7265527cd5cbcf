import { hasServer } from '../../domain/backup/database';
import { parseReference, repositoryOf } from '../../domain/images/reference';
import type { Problem } from '../../domain/problem';
import type { ScratchImage } from '../../domain/records/backup';
import type { Engine } from '../../platform/docker-api/docker-api';
import type { ImageDetails } from '../../platform/docker-api/types';
import { findImage } from '../release/local-images';
import { hasOwnScratch, type Database } from './database';
import type { Inspection } from './database-engine';

/** What a scratch server would be made of. */
export type ScratchPlan =
  /** None is needed, or it is not known yet of what. */
  | { readonly kind: 'none' }
  | { readonly kind: 'here'; readonly image: ScratchImage }
  /** It has to be pulled by this name. */
  | { readonly kind: 'absent'; readonly name: string };

/** The image that is named, or the one of the database's own service, or the publisher's of the same series; pulls nothing. */
export async function findScratchImage(
  engine: Engine,
  { settings, place }: Pick<Database, 'settings' | 'place'>,
  { officialImage, serverVersion }: Pick<Inspection, 'officialImage' | 'serverVersion'>,
): Promise<ScratchPlan | Problem> {
  if (!hasServer(settings.engine)) return { kind: 'none' };
  if (hasOwnScratch({ settings, place })) {
    const id = place.at === 'host' ? null : place.imageId;
    return { kind: 'here', image: scratchImageOf(null, await engine.inspectImage(id ?? '')) };
  }
  const name = settings.scratchImage ?? officialImage;
  if (name === undefined) return { kind: 'none' };
  if (name === null) return unknownSeries(serverVersion);
  const found = await findImage(engine, name);
  return found === null
    ? { kind: 'absent', name }
    : { kind: 'here', image: scratchImageOf(name, found) };
}

/** As manifests have it. @param name by which it was asked for; null = it is that of the database's own service */
export function scratchImageOf(name: string | null, { id, digests }: ImageDetails): ScratchImage {
  // One image may have come from several registries: the one that was asked for is the one to tell.
  const repository = repositoryIn(name ?? '');
  const asked = digests.find((one) => repositoryIn(one) === repository);
  return { name, id, digest: asked ?? digests[0] ?? null };
}

function repositoryIn(name: string): string | null {
  const reference = parseReference(name);
  return reference === undefined ? null : repositoryOf(reference);
}

const unknownSeries = (version: string): Problem => ({
  path: 'scratch-image',
  says: `is not given, and no published image is known for a server that calls itself ${version === '' ? 'nothing' : version}`,
  fix: waysOut,
});

/** What can be done where an image cannot be had. */
export const waysOut =
  'name an image of the same kind and series in scratch-image, or set verify: read, which proves less';
