import type { Readable } from 'node:stream';

export interface FilledPart {
  /** Good until the part after the next one is asked for: then its memory is used again. */
  readonly content: Buffer;
  readonly last: boolean;
}

/** Cuts a stream into parts of this many bytes, the last one shorter; an empty stream is one empty part. */
export async function* fillParts(
  source: Readable,
  size: number,
): AsyncGenerator<FilledPart, undefined> {
  const buffers = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)] as const;
  let [filling, resting] = buffers;
  let used = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    for (let taken = 0; taken < chunk.length;) {
      if (used === size) {
        yield { content: filling, last: false };
        [filling, resting] = [resting, filling];
        used = 0;
      }
      const copied = chunk.copy(filling, used, taken);
      taken += copied;
      used += copied;
    }
  }
  yield { content: filling.subarray(0, used), last: true };
  return undefined;
}
