import type { CompletedPart, S3Client } from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import { fillParts } from './fill-parts';

/** S3 takes at most 10 000 parts, of 5 MiB or more each; this many leave room for what encrypting adds. */
const smallestPart = 5 * 1024 * 1024;
const mostParts = 9_000;

export interface ObjectPlace {
  readonly Bucket: string;
  readonly Key: string;
}

/**
 * Sends all of a stream to one object, in parts whose SHA-256 the server checks. One part is on its way while the next one fills,
 * in two buffers that are used over and over: so memory does not grow with the object. What fails leaves no part behind.
 */
export async function uploadParts(
  client: S3Client,
  at: ObjectPlace,
  body: Readable,
  bytes: number,
): Promise<void> {
  const sdk = await import('@aws-sdk/client-s3');
  const checked = { ...at, ChecksumAlgorithm: 'SHA256' } as const;
  const parts = fillParts(body, Math.max(smallestPart, Math.ceil(bytes / mostParts)));
  const first = await parts.next();
  if (first.done === true || first.value.last) {
    await client.send(new sdk.PutObjectCommand({ ...checked, Body: first.value?.content ?? '' }));
    return;
  }
  const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand(checked));
  const upload = { ...at, UploadId };
  const sendPart = async (PartNumber: number, Body: Buffer): Promise<CompletedPart> => {
    const part = { ...upload, PartNumber, Body, ChecksumAlgorithm: 'SHA256' } as const;
    const { ETag, ChecksumSHA256 } = await client.send(new sdk.UploadPartCommand(part));
    return { PartNumber, ETag, ChecksumSHA256 };
  };
  let sending = sendPart(1, first.value.content);
  try {
    const sent: CompletedPart[] = [];
    for await (const { content } of parts) {
      sent.push(await sending);
      sending = sendPart(sent.length + 1, content);
      // Seen above, when the next part is full; until then nobody else waits for it.
      sending.catch(() => undefined);
    }
    sent.push(await sending);
    const all = { ...upload, MultipartUpload: { Parts: sent } };
    await client.send(new sdk.CompleteMultipartUploadCommand(all));
  } catch (thrown) {
    // A part that arrives after the end of its upload would stay.
    await sending.catch(() => undefined);
    await client.send(new sdk.AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw thrown;
  }
}
