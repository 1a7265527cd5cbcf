import type { S3Client } from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import { objectUrl, type BucketAddress } from '../../domain/backup/bucket-address';
import { bucketFailure, isMissing } from './bucket-failure';

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
  /** Sends all of a stream, in parts whose SHA-256 the server checks. A stream that fails leaves nothing behind. `bytes`: about as many. */
  put(key: string, body: Readable, bytes: number): Promise<void>;
  /** Bytes of an object; null when there is none. */
  lengthOf(key: string): Promise<number | null>;
  open(key: string): Promise<Readable>;
  close(): void;
}

/** Held in memory at a time: this, twice. S3 takes at most 10 000 parts, of 5 MiB or more each. */
const smallestPart = 5 * 1024 * 1024;
const mostParts = 9_000;

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
  return {
    urlOf,
    check: async () => {
      const key = [address.prefix, '.shiplock'].filter((part) => part !== '').join('/');
      // Not by HEAD, whose answer has no body to say why; a key that may not list is told the same of a missing object.
      await client.send(new sdk.GetObjectCommand(at(key))).catch((thrown: unknown) => {
        const name = thrown instanceof Error ? thrown.name : '';
        if (!['NoSuchKey', 'AccessDenied'].includes(name)) failed('reaching', '')(thrown);
      });
    },
    put: (key, body, bytes) => upload(client, at(key), body, bytes).catch(failed('writing', key)),
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

async function upload(
  client: S3Client,
  at: { readonly Bucket: string; readonly Key: string },
  body: Readable,
  bytes: number,
): Promise<void> {
  const { Upload } = await import('@aws-sdk/lib-storage');
  const partSize = Math.max(smallestPart, Math.ceil(bytes / mostParts));
  const params = { ...at, Body: body, ChecksumAlgorithm: 'SHA256' } as const;
  await new Upload({ client, params, partSize, queueSize: 2 }).done();
}
