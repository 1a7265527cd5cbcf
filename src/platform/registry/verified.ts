import { createHash } from 'node:crypto';
import { messageOf } from '../../errors';
import { errorField } from '../error-field';

/** `sha256:…` of bytes, or by the algorithm that another digest is made with. */
export function digestOf(bytes: Uint8Array, algorithm = 'sha256'): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

/** Passes a stream on and throws at its end, or as soon as it is too long, when it is not what was announced. */
export async function* verified(
  stream: AsyncIterable<Uint8Array>,
  { digest, size }: { readonly digest: string; readonly size: number },
  wrong: (says: string, again: boolean) => Error,
): AsyncGenerator<Uint8Array> {
  const [algorithm = 'sha256'] = digest.split(':', 1);
  const hash = createHash(algorithm);
  let seen = 0;
  try {
    for await (const chunk of stream) {
      seen += chunk.byteLength;
      if (seen > size) break;
      hash.update(chunk);
      yield chunk;
    }
  } catch (thrown) {
    const why = errorField((thrown as { cause?: unknown }).cause, 'message') || messageOf(thrown);
    throw wrong(`its answer broke off after ${seen} of ${size} bytes (${why})`, true);
  }
  if (seen > size) throw wrong(`more than the ${size} bytes came that it should have`, false);
  if (seen < size) throw wrong(`${seen} of ${size} bytes came`, true);
  const found = `${algorithm}:${hash.digest('hex')}`;
  if (found !== digest) throw wrong(`what came has the digest ${found}`, false);
}
