import { EngineError } from '../../errors';

/** What the engine answers; null where it refuses with this HTTP status. */
export async function unlessStatus<T>(status: number, call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (thrown) {
    if (thrown instanceof EngineError && thrown.status === status) return null;
    throw thrown;
  }
}
