import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

const chunkBytes = 64 * 1024;
const tagBytes = 16;

/**
 * An age file of what is written into it: its header, a nonce, and the payload (https://c2sp.org/age#payload), sealed by Node's own
 * ChaCha20-Poly1305. It works in one buffer and without a promise a chunk, so memory stays flat; age's library does neither.
 */
export class AgePayload extends Transform {
  readonly #key: Buffer;
  readonly #chunk = Buffer.allocUnsafeSlow(chunkBytes);
  #used = 0;
  #sealed = 0;

  /** @param fileKey the one that the header was made for */
  constructor(header: Uint8Array, fileKey: Uint8Array) {
    super();
    const nonce = randomBytes(16);
    this.#key = Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32));
    this.push(Buffer.concat([header, nonce]));
  }

  override _transform(data: Buffer, _encoding: unknown, done: TransformCallback): void {
    for (let taken = 0; taken < data.length;) {
      // Not before more has come: the last chunk is marked, and is empty only when there is nothing at all.
      if (this.#used === chunkBytes) this.#seal(false);
      const copied = data.copy(this.#chunk, this.#used, taken);
      taken += copied;
      this.#used += copied;
    }
    done();
  }

  override _flush(done: TransformCallback): void {
    this.#seal(true);
    done();
  }

  /** The nonce of a chunk is its number in 11 bytes, and a byte that marks the last one. */
  #seal(last: boolean): void {
    const nonce = Buffer.alloc(12);
    nonce.writeUIntBE(this.#sealed, 5, 6);
    nonce.writeUInt8(last ? 1 : 0, 11);
    const options = { authTagLength: tagBytes };
    const cipher = createCipheriv('chacha20-poly1305', this.#key, nonce, options);
    this.push(cipher.update(this.#chunk.subarray(0, this.#used)));
    cipher.final();
    this.push(cipher.getAuthTag());
    this.#sealed += 1;
    this.#used = 0;
  }
}
