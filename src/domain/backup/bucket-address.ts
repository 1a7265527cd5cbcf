import type { Problem } from '../problem';

/** An S3-compatible bucket and where in it backups go. No secrets. */
export interface BucketAddress {
  readonly bucket: string;
  /** Without slashes at its ends; '' = the top of the bucket. */
  readonly prefix: string;
  /** null = Amazon's own. */
  readonly endpoint: string | null;
  readonly region: string;
}

const forms =
  'write `s3://bucket/folder?region=eu-central-1` for Amazon S3, or `https://host/bucket/folder?region=…` for another server';
const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/** Reads an `s3-url`; a region that another server does not name is `us-east-1`, which is what such servers expect. */
export function parseBucketAddress(text: string): BucketAddress | Problem {
  const wrong = (says: string, fix = forms): Problem => ({ path: 's3-url', says, fix });
  const url = URL.parse(text);
  if (url === null) return wrong('it is no URL');
  if (url.username !== '' || url.password !== '')
    return wrong('it holds a key', 'give keys by `s3-access-key` and `s3-secret-key`');
  const amazon = url.protocol === 's3:';
  if (!amazon && url.protocol !== 'https:' && url.protocol !== 'http:')
    return wrong(`\`${url.protocol}\` is not one of its forms`);
  if (url.protocol === 'http:' && !loopback.includes(url.hostname))
    return wrong('it goes without TLS', 'use `https://`; plain `http://` is for this machine only');
  const path = decoded(url.pathname);
  if (path === null) return wrong('it is no URL');
  const [first = '', ...rest] = path.split('/').filter((part) => part !== '');
  const [bucket, folders] = amazon
    ? [url.hostname, [first, ...rest].filter((part) => part !== '')]
    : [first, rest];
  if (!bucketName.test(bucket)) return wrong(`\`${bucket}\` is no bucket's name`);
  const region = url.searchParams.get('region');
  const strange = [...url.searchParams.keys()].find((key) => key !== 'region');
  if (strange !== undefined) return wrong(`it has an unknown part \`?${strange}=\``);
  if (amazon && region === null) return wrong('it does not say the region');
  return {
    bucket,
    prefix: folders.join('/'),
    endpoint: amazon ? null : url.origin,
    region: region ?? 'us-east-1',
  };
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

/** What people read: `s3://bucket/key`, with the server's name before it where it is not Amazon's. */
export function objectUrl({ bucket, endpoint }: BucketAddress, key: string): string {
  return endpoint === null ? `s3://${bucket}/${key}` : `${endpoint}/${bucket}/${key}`;
}
