import { RemoteFailure } from '../../errors';
import { errorField } from '../error-field';
import type { ListFilter } from './specs';

/** The engine's `filters` parameter; undefined when nothing is filtered. */
export function filtersOf({ labels = [], names = [] }: ListFilter): string | undefined {
  if (labels.length === 0 && names.length === 0) return undefined;
  return JSON.stringify({
    ...(labels.length > 0 ? { label: labels } : {}),
    ...(names.length > 0 ? { name: names } : {}),
  });
}

/** A stream that ends, instead of failing, when its reader calls it off. */
export async function* untilAborted<T>(
  signal: AbortSignal | undefined,
  start: () => AsyncIterable<T>,
): AsyncGenerator<T> {
  try {
    if (signal?.aborted !== true) yield* start();
  } catch (thrown) {
    if (signal?.aborted !== true) throw lostStream(thrown);
  }
}

function lostStream(thrown: unknown): unknown {
  const code = errorField(thrown, 'code');
  if (code !== 'ECONNRESET' && code !== 'ERR_STREAM_PREMATURE_CLOSE') return thrown;
  return new RemoteFailure(
    'lost',
    'The connection to the Docker engine was lost while it was read',
    {
      cause: thrown,
    },
  );
}
