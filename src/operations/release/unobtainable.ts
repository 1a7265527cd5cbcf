import type { Problem } from '../../domain/problem';
import type { Release } from '../../domain/records/release';
import { registryTrouble } from '../../domain/images/registry-trouble';
import type { RegistryLogin } from '../../domain/images/registry-login';
import { messageOf } from '../../errors';
import type { Engine } from '../../platform/docker-api/docker-api';
import { findImage } from './local-images';

/** Images of a recorded release that neither the host nor the registry has any more. */
export async function unobtainable(
  engine: Engine,
  { id, services }: Release,
  login: RegistryLogin,
): Promise<readonly Problem[]> {
  const problems = await Promise.all(
    services.map(async ({ name, image }) => {
      const why = await whyNotThere(engine, image, login);
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
  login: RegistryLogin,
): Promise<string | null> {
  if ((await findImage(engine, image)) !== null) return null;
  try {
    await engine.distributionDigest(image, login.given(image));
    return null;
  } catch (thrown) {
    const said = messageOf(thrown);
    // What nobody is given the server itself may be: its own docker command pulls then.
    return login.own(image) && registryTrouble(said) === 'refused' ? null : said;
  }
}
