import type { Encrypter } from 'age-encryption';
import { Readable } from 'node:stream';
import { ShiplockError, messageOf } from '../../errors';

/** Turns one stream into another; what fails in the first one fails the second. */
export type Cipher = (source: Readable) => Promise<Readable>;

const loadAge = () => import('age-encryption');

/** Encrypts to `age1…` recipients: what only their identities open. Throws for one that is none. */
export async function ageEncryption(recipients: readonly string[]): Promise<Cipher> {
  const { Encrypter } = await loadAge();
  const encrypter = new Encrypter();
  for (const recipient of recipients) addRecipient(encrypter, recipient);
  return async (source) =>
    Readable.from(await encrypter.encrypt(webStream(source)), { objectMode: false });
}

function addRecipient(encrypter: Encrypter, recipient: string): void {
  try {
    encrypter.addRecipient(recipient);
  } catch (cause) {
    throw new ShiplockError(`\`${recipient}\` is no recipient of age: ${messageOf(cause)}`, {
      hint: 'Give the public key that `age-keygen` prints; it begins with `age1`.',
      fault: 'user',
      cause,
    });
  }
}

/** Decrypts with identities, `AGE-SECRET-KEY-…`, one a line as in age's own key files. Errors never name them. */
export async function ageDecryption(identities: string): Promise<Cipher> {
  const { Decrypter } = await loadAge();
  const decrypter = new Decrypter();
  const lines = identities.split('\n').map((line) => line.trim());
  for (const line of lines.filter((one) => one !== '' && !one.startsWith('#'))) {
    try {
      decrypter.addIdentity(line);
    } catch {
      // The library's message would hold the key.
      throw new ShiplockError('A line of the identity is no identity of age', {
        hint: 'Give the file that `age-keygen` made; its key begins with `AGE-SECRET-KEY-`.',
        fault: 'user',
      });
    }
  }
  return async (source) => {
    let broken: unknown;
    source.once('error', (error) => {
      broken = error;
    });
    const decrypted = await decrypter.decrypt(webStream(source)).catch((cause: unknown) => {
      if (cause === broken) throw cause;
      throw new ShiplockError(`age cannot open the copy: ${messageOf(cause)}`, {
        hint: 'Is the identity the one of a recipient that it was encrypted to?',
        fault: 'user',
        cause,
      });
    });
    return Readable.from(
      decryptedChunks(decrypted, () => broken),
      { objectMode: false },
    );
  };
}

// Not Readable.toWeb: it holds as many chunks as the stream's limit has bytes, which is all of a backup.
function webStream(source: Readable): ReadableStream<Uint8Array> {
  return ReadableStream.from(source as AsyncIterable<Uint8Array>);
}

/** What the source itself failed with goes through as it is; everything else is of a copy that is not what was encrypted. */
async function* decryptedChunks(
  decrypted: ReadableStream<Uint8Array>,
  broken: () => unknown,
): AsyncGenerator<Uint8Array> {
  try {
    yield* decrypted;
  } catch (cause) {
    if (cause === broken()) throw cause;
    throw new ShiplockError(`age cannot decrypt the copy: ${messageOf(cause)}`, {
      hint: 'It was changed or cut since it was made. Fetch another copy, or another backup.',
      fault: 'remote',
      cause,
    });
  }
}
