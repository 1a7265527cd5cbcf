import { setTimeout as wait } from 'node:timers/promises';

/** Resolves once it holds; throws after half a minute. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (await holds()) return;
    await wait(50);
  }
  throw new Error('it never came to that');
}
