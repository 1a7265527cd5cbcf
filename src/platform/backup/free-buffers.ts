import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What buffers may grow by before those that nobody uses are given back, in bytes. */
const growth = 2_000_000;
const lookMs = 5;

type Collect = (options?: { readonly type: 'minor' }) => void;
let watching = false;

/**
 * From now on gives back the memory of buffers that nobody uses. V8 collects garbage by what its own heap holds; the bytes of a stream lie
 * outside of it, so some 100 MB of chunks that are long gone stay until it looks. Collecting the young ones takes about a millisecond.
 */
export function freeBuffers(): void {
  if (watching) return;
  watching = true;
  // The one way to ask for it from inside of the process; the flag changes nothing but that.
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as Collect;
  let [calm, settled] = [held() + growth, held()];
  setInterval(() => {
    if (held() < calm) return;
    collect({ type: 'minor' });
    // Those that were queued for long count as old, and only a whole collection sees them.
    if (held() > settled + 4 * growth) {
      collect();
      settled = held();
    }
    calm = held() + growth;
  }, lookMs).unref();
}

const held = (): number => process.memoryUsage().arrayBuffers;
