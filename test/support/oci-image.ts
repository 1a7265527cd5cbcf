import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** A manifest as it is pushed, with all that must be there before it. */
export interface MadeImage {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly blobs: readonly MadeBlob[];
  /** Entries of an index. */
  readonly children: readonly MadeImage[];
}

export interface MadeBlob {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

export type MadeDescriptor = Pick<MadeBlob, 'mediaType' | 'digest'> & { readonly size: number };

export const sha256 = (bytes: Buffer | string): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export const describe = ({ digest, mediaType, bytes }: MadeBlob): MadeDescriptor => ({
  mediaType,
  digest,
  size: bytes.length,
});

const types = {
  oci: {
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    index: 'application/vnd.oci.image.index.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  },
  docker: {
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    index: 'application/vnd.docker.distribution.manifest.list.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  },
};

interface ImageOptions {
  readonly kind?: 'oci' | 'docker';
  readonly architecture?: string;
  /** What its layers hold; each is packed by gzip unless it comes as a blob. */
  readonly layers?: readonly (string | MadeBlob)[];
  readonly subject?: MadeBlob;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export const blobOf = (mediaType: string, bytes: Buffer): MadeBlob => {
  return { mediaType, bytes, digest: sha256(bytes) };
};

/** An image for one platform, or what refers to one. */
export function makeImage(options: ImageOptions = {}): MadeImage {
  const { kind = 'oci', architecture = 'amd64', layers = ['a layer'] } = options;
  const { subject, artifactType, annotations } = options;
  const packed = layers.map((layer) =>
    typeof layer === 'string' ? blobOf(types[kind].layer, gzipSync(layer)) : layer,
  );
  const config = blobOf(
    types[kind].config,
    Buffer.from(JSON.stringify({ os: 'linux', architecture })),
  );
  // Indented as docker does it: whoever writes it anew changes its digest.
  const text = JSON.stringify(
    {
      schemaVersion: 2,
      mediaType: types[kind].manifest,
      ...(artifactType !== undefined && { artifactType }),
      config: describe(config),
      layers: packed.map(describe),
      ...(subject && { subject: describe(subject) }),
      ...(annotations && { annotations }),
    },
    null,
    3,
  );
  const made = blobOf(types[kind].manifest, Buffer.from(text));
  return { ...made, blobs: [config, ...packed], children: [] };
}

/** An image for several platforms; `attested` has an entry for each as buildx adds them. */
export function makeIndex(
  images: Readonly<Record<string, MadeImage>>,
  {
    kind = 'oci',
    attested = [],
  }: { kind?: 'oci' | 'docker'; attested?: readonly MadeImage[] } = {},
): MadeImage {
  const entries = Object.entries(images).map(([architecture, image]) => {
    return { ...describe(image), platform: { os: 'linux', architecture } };
  });
  const attestations = attested.map((image) => ({
    ...describe(image),
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
  }));
  const manifests = [...entries, ...attestations];
  const text = JSON.stringify(
    { schemaVersion: 2, mediaType: types[kind].index, manifests },
    null,
    3,
  );
  const made = blobOf(types[kind].index, Buffer.from(text));
  return { ...made, blobs: [], children: [...Object.values(images), ...attested] };
}

/** Pushes it as any client would, children first. @param at such as `http://127.0.0.1:5000/v2/octo/app` */
export async function push(
  at: string,
  image: MadeImage,
  { tag, authorization }: { readonly tag?: string; readonly authorization?: string } = {},
): Promise<void> {
  const headers = { ...(authorization !== undefined && { authorization }) };
  const login = { ...(authorization !== undefined && { authorization }) };
  for (const child of image.children) await push(at, child, login);
  for (const { bytes, digest } of image.blobs) {
    const begun = await fetch(`${at}/blobs/uploads/`, { method: 'POST', headers });
    const place = new URL(begun.headers.get('location') ?? '', at);
    place.searchParams.set('digest', digest);
    await pushed(place.href, bytes, { ...headers, 'content-type': 'application/octet-stream' });
  }
  const type = { ...headers, 'content-type': image.mediaType };
  await pushed(`${at}/manifests/${tag ?? image.digest}`, image.bytes, type);
}

async function pushed(at: string, bytes: Buffer, headers: Record<string, string>): Promise<void> {
  const response = await fetch(at, { method: 'PUT', headers, body: new Uint8Array(bytes) });
  if (response.status !== 201)
    throw new Error(`PUT ${at}: ${response.status} ${await response.text()}`);
}
