import { manifestFile } from '../../domain/records/backup';
import { ShiplockError } from '../../errors';
import type { Cipher } from '../../platform/backup/age-cipher';
import type { Bucket } from '../../platform/backup/bucket';
import { differs, passing, readAll, type Passed } from './passing';
import { pathOf, type CopyPlace, type Vault } from './vault';

export interface BucketVaultTools {
  readonly bucket: Bucket;
  /** Folder in the bucket; '' = its top. */
  readonly prefix: string;
  /** null where nothing is put. */
  readonly encrypt: Cipher | null;
  /** null where nothing is fetched: the identity need not be on a runner that only makes copies. */
  readonly decrypt: Cipher | null;
}

/** Copies in a bucket, each an object in age's format: `<prefix>/<app>/<environment>/<id>/<file>.age`. */
export function bucketVault({ bucket, prefix, encrypt, decrypt }: BucketVaultTools): Vault {
  const keyOf = (place: CopyPlace): string =>
    `${prefix === '' ? '' : `${prefix}/`}${pathOf(place)}.age`;
  return {
    name: bucket.urlOf(prefix),
    check: () => bucket.check(),
    put: async (place, source, bytes) => {
      const key = keyOf(place);
      await refuseOther(bucket, keyOf({ ...place, file: manifestFile }));
      const encrypted = passing(await needed(encrypt, 'encrypt-to')(source), key);
      await bucket.put(key, encrypted.stream, bytes);
      const sent = encrypted.passed();
      await proveObject(bucket, key, sent);
      return { url: bucket.urlOf(key), checksum: sent.sha256, bytes: sent.bytes, cipher: 'age' };
    },
    open: async (place) => needed(decrypt, 'age-identity')(await bucket.open(keyOf(place))),
  };
}

/** The server's word that it took all is not enough: length first, which is cheap, then every byte. */
async function proveObject(bucket: Bucket, key: string, sent: Passed): Promise<void> {
  const url = bucket.urlOf(key);
  const length = await bucket.lengthOf(key);
  if (length !== sent.bytes) {
    const is = length === null ? 'it is not there' : `it has ${length} of ${sent.bytes} bytes`;
    throw new ShiplockError(`${url} was accepted by the server, but ${is}`, { fault: 'remote' });
  }
  const wrong = differs(`${url}, read back,`, await readAll(await bucket.open(key), url), sent);
  if (wrong !== null) throw wrong;
}

/** Ids begin anew on a server that was set up anew: the copy of an older backup is not written over. */
async function refuseOther(bucket: Bucket, manifestKey: string): Promise<void> {
  if (!(await bucket.holds(manifestKey))) return;
  throw new ShiplockError(`${bucket.urlOf(manifestKey)} is the copy of another backup`, {
    hint: 'Was the server set up anew? Give its copies a folder of their own in `s3-url`, or bring the newest backup back first (`mode: restore`): the next one gets the next number.',
    fault: 'user',
  });
}

function needed(cipher: Cipher | null, input: string): Cipher {
  if (cipher !== null) return cipher;
  throw new ShiplockError(`\`${input}\` is missing, which a copy in a bucket needs`, {
    hint: 'Give it as an input of the step.',
    fault: 'user',
  });
}
