import { fileURLToPath } from 'node:url';
import { buildImage } from '../environment';

const folder = fileURLToPath(new URL('../../environment/stores', import.meta.url));

/** Image of a Redis, of a Valkey, or with SQLite's shell; built when it is not there. */
export function storeImage(name: 'redis' | 'valkey' | 'sqlite'): Promise<string> {
  return buildImage(`shiplock-test-${name}`, folder, ['--target', name]);
}
