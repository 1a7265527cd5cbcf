import { createHash } from 'node:crypto';
import { Transform, Writable, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ShiplockError } from '../../errors';

/** What went through a stream: bytes, and their SHA-256 in hex. */
export interface Passed {
  readonly bytes: number;
  readonly sha256: string;
}

export interface Passing {
  readonly stream: Readable;
  /** To be asked when the stream has ended. */
  passed(): Passed;
}

/** Counts and hashes what goes by. With `expected`, anything else makes the stream fail, so that nobody who takes from it sees an end. */
export function passing(source: Readable, what: string, expected?: Passed): Passing {
  const digest = createHash('sha256');
  let bytes = 0;
  let result: Passed | undefined;
  const stream = new Transform({
    transform: (chunk: Buffer, _, done) => {
      bytes += chunk.length;
      digest.update(chunk);
      done(null, chunk);
    },
    flush: (done) => {
      result = { bytes, sha256: digest.digest('hex') };
      done(expected === undefined ? null : differs(what, result, expected));
    },
  });
  pipeline(source, stream).catch(() => undefined);
  return {
    stream,
    passed: () => {
      if (result === undefined) throw new ShiplockError(`${what} has not ended`, { fault: 'bug' });
      return result;
    },
  };
}

/** Takes all of a stream and says what it was. */
export async function readAll(source: Readable, what: string): Promise<Passed> {
  const read = passing(source, what);
  await pipeline(
    read.stream,
    new Writable({
      write: (_chunk, _encoding, done) => {
        done();
      },
    }),
  );
  return read.passed();
}

/** Two reads that should be alike; null when they are. */
export function differs(what: string, is: Passed, expected: Passed): ShiplockError | null {
  if (is.bytes === expected.bytes && is.sha256 === expected.sha256) return null;
  const how =
    is.bytes === expected.bytes
      ? `its SHA-256 is ${is.sha256} in place of ${expected.sha256}`
      : `it has ${is.bytes} bytes in place of ${expected.bytes}`;
  return new ShiplockError(`${what} is not what it should be: ${how}`, { fault: 'remote' });
}
