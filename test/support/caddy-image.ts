import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildImage, type Environment } from './environment';
import { sampleFolder } from './sample-app';

const folder = fileURLToPath(new URL('../environment/caddy', import.meta.url));

/** Builds Debian's Caddy on the layer that every sample image has, and pushes it; gives `repository@sha256:…`. */
export async function pushCaddy(environment: Environment): Promise<string> {
  const base = await buildImage('shiplock-sample-base', join(sampleFolder, 'base'));
  const image = await buildImage('shiplock-test-caddy', folder, ['--build-arg', `BASE=${base}`]);
  return environment.pushImage(image, 'shiplock-sample/caddy:2.6');
}
