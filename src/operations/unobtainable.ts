import type { Problem } from '../domain/problem';
import type { Release } from '../domain/records/release';
import { EngineError, messageOf } from '../errors';
import type { Engine } from '../platform/docker-api';
import type { AuthFor } from './pull-images';

/** Images of a recorded release that neither the host nor the registry has any more. */
export async function unobtainable(
  engine: Engine,
  { id, services }: Release,
  authFor: AuthFor,
): Promise<readonly Problem[]> {
  const problems = await Promise.all(
    services.map(async ({ name, image }) => {
      const why = await whyNotThere(engine, image, authFor);
      if (why === null) return [];
      const says = `${image} is neither on this server nor to be had from its registry: ${why}`;
      const fix = `push it again, or build and deploy that version anew: ${id} cannot be made again without it`;
      return [{ path: `image of ${name}`, says, fix }];
    }),
  );
  return problems.flat();
}

async function whyNotThere(
  engine: Engine,
  image: string,
  authFor: AuthFor,
): Promise<string | null> {
  try {
    await engine.inspectImage(image);
    return null;
  } catch (thrown) {
    if (!(thrown instanceof EngineError) || thrown.status !== 404) throw thrown;
  }
  try {
    await engine.distributionDigest(image, authFor(image));
    return null;
  } catch (thrown) {
    return messageOf(thrown);
  }
}
