import { pullCommand } from '../../commands/pull';
import { explainTrouble } from '../../domain/images/registry-trouble';
import { parseReference } from '../../domain/images/reference';
import type { RegistryLogin } from '../../domain/images/registry-login';
import { ShiplockError, messageOf } from '../../errors';
import type { Engine } from '../../platform/docker-api/docker-api';
import type { Host } from '../../platform/host';
import { findImage } from './local-images';

/** An sshd allows ten channels on a connection, and a deploy has others open. */
const atOnce = 3;
const limitMs = 600_000;

/** How images come to a host. */
export interface PullSetting {
  readonly engine: Engine;
  readonly host: Host;
  readonly docker: readonly string[];
  readonly login: RegistryLogin;
  readonly onProgress?: ((line: string) => void) | undefined;
}

/** S5: pulls what is not there yet. @returns the images that were pulled */
export async function pullImages(
  setting: PullSetting,
  images: readonly string[],
): Promise<readonly string[]> {
  const left = [...new Set(images)];
  const pulled: string[] = [];
  const work = async (): Promise<void> => {
    for (let image = left.shift(); image !== undefined; image = left.shift()) {
      if ((await findImage(setting.engine, image)) !== null) continue;
      await pullImage(setting, image);
      pulled.push(image);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return pulled;
}

/** With credentials of the inputs, or none, through the engine's API, where they are kept nowhere; else with the host's own login. */
async function pullImage(setting: PullSetting, image: string): Promise<void> {
  const { engine, login, onProgress } = setting;
  const own = login.own(image);
  try {
    if (own) await pullOnHost(setting, image);
    else
      await engine.pullImage(image, { auth: login.given(image), onProgress, timeoutMs: limitMs });
  } catch (cause) {
    const username = login.given(image)?.username ?? null;
    const registry = parseReference(image)?.registry ?? '';
    const { says, fix } = explainTrouble(image, messageOf(cause), { registry, username, own });
    throw new ShiplockError(`${image} could not be pulled`, {
      hint: `${says}. Fix: ${fix}.`,
      cause,
      fault: 'remote',
    });
  }
}

async function pullOnHost({ host, docker, onProgress }: PullSetting, image: string): Promise<void> {
  const { code, stderr } = await host.exec(pullCommand(docker, image), {
    timeoutMs: limitMs,
    onStdout: (chunk) => {
      chunk
        .toString()
        .trim()
        .split('\n')
        .forEach((line) => onProgress?.(line));
    },
  });
  if (code !== 0) throw new ShiplockError(stderr.trim().slice(-500), { fault: 'remote' });
}
