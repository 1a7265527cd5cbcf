import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildImage, type Environment } from './environment';
import { outputOf } from './run-command';
import { sampleFolder } from './sample-app';

const folder = fileURLToPath(new URL('../environment', import.meta.url));

/** Builds Debian's Caddy, an old one such as teams have, on the layer that every sample image has, and pushes it; gives `repository@sha256:…`. */
export function pushCaddy(environment: Environment): Promise<string> {
  return push(environment, join(folder, 'caddy'), '2.6');
}

/** The same with the version that the managed proxy has by default. */
export async function pushManagedCaddy(environment: Environment): Promise<string> {
  const tools = await outputOf([`${folder}/tools`, 'caddy'], { timeoutMs: 300_000 });
  const context = await mkdtemp(join(tmpdir(), 'shiplock-caddy-'));
  await copyFile(join(folder, 'managed-caddy/Dockerfile'), join(context, 'Dockerfile'));
  await copyFile(join(tools, 'caddy'), join(context, 'caddy'));
  const image = await push(environment, context, '2.10');
  await rm(context, { recursive: true });
  return image;
}

async function push(environment: Environment, context: string, version: string): Promise<string> {
  const base = await buildImage('shiplock-sample-base', join(sampleFolder, 'base'));
  const image = await buildImage('shiplock-test-caddy', context, ['--build-arg', `BASE=${base}`]);
  return environment.pushImage(image, `shiplock-sample/caddy:${version}`);
}
