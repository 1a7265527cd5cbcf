import type { S3Client } from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import { objectUrl, type BucketAddress } from '../../domain/backup/bucket-address';
import { bucketFailure, isMissing } from './bucket-failure';
import { uploadParts, type ObjectPlace } from './upload-parts';

/** Keys of S3; never in an argv, a message or a log. */
export interface BucketKeys {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** A bucket of objects. Calls throw a ShiplockError that names the object. */
export interface Bucket {
  /** What people read of an object's place. */
  urlOf(key: string): string;
  /** Throws when the bucket is not there, or these keys are not let in. */
  check(): Promise<void>;
  /** There is such an object, as far as these keys may know. */
  holds(key: string): Promise<boolean>;
  /** Sends all of a stream, in parts whose SHA-256 the server checks. A stream that fails leaves nothing behind. `bytes`: about as many. */
  put(key: string, body: Readable, bytes: number): Promise<void>;
  /** Bytes of an object; null when there is none. */
  lengthOf(key: string): Promise<number | null>;
  open(key: string): Promise<Readable>;
  close(): void;
}

/** A bucket by Amazon's own client, which is loaded here and not before. */
export async function openBucket(address: BucketAddress, keys: BucketKeys): Promise<Bucket> {
  const sdk = await import('@aws-sdk/client-s3');
  const client = new sdk.S3Client(settingsOf(address, keys));
  const at = (key: string) => ({ Bucket: address.bucket, Key: key });
  const urlOf = (key: string): string => objectUrl(address, key);
  const failed =
    (doing: string, key: string) =>
    (thrown: unknown): never => {
      throw bucketFailure(`${doing} ${urlOf(key)}`, thrown);
    };
  const holds = (key: string) => asksFor(client, at(key)).catch(failed('reaching', ''));
  return {
    urlOf,
    check: async () => {
      await holds([address.prefix, '.shiplock'].filter((part) => part !== '').join('/'));
    },
    holds,
    put: (key, body, bytes) =>
      uploadParts(client, at(key), body, bytes).catch(failed('writing', key)),
    lengthOf: async (key) => {
      try {
        const { ContentLength } = await client.send(new sdk.HeadObjectCommand(at(key)));
        return ContentLength ?? null;
      } catch (thrown) {
        return isMissing(thrown) ? null : failed('looking at', key)(thrown);
      }
    },
    open: async (key) => {
      const { Body } = await client
        .send(new sdk.GetObjectCommand(at(key)))
        .catch(failed('reading', key));
      return Body as Readable;
    },
    close: () => {
      client.destroy();
    },
  };
}

/** Not by HEAD, whose answer has no body to say why it is none. */
async function asksFor(client: S3Client, at: ObjectPlace): Promise<boolean> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  try {
    const { Body } = await client.send(new GetObjectCommand(at));
    (Body as Readable).destroy();
    return true;
  } catch (thrown) {
    // A key that may not list is told of a missing object that it has no access.
    if (['NoSuchKey', 'AccessDenied'].includes(thrown instanceof Error ? thrown.name : ''))
      return false;
    throw thrown;
  }
}

function settingsOf({ region, endpoint }: BucketAddress, { accessKey, secretKey }: BucketKeys) {
  return {
    region,
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    maxAttempts: 4,
    // Of the whole object, which is hashed as it comes; the client's own check knows nothing of parts.
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: 15_000, socketTimeout: 120_000 },
  } as const;
}
