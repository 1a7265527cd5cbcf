import { z } from 'zod';
import { parseJson } from '../json';

export const indexType = 'application/vnd.oci.image.index.v1+json';

/** Lists of manifests, one a platform. */
const indexTypes: readonly string[] = [
  indexType,
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

/** Every kind of manifest that is understood: those of OCI, and Docker's own of schema 2. */
export const manifestTypes: readonly string[] = [
  ...indexTypes,
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

export const digestShape = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

const descriptor = z.looseObject({
  mediaType: z.string(),
  digest: z.string().regex(digestShape),
  size: z.number().int().nonnegative(),
  platform: z
    .looseObject({ os: z.string(), architecture: z.string(), variant: z.string().optional() })
    .optional(),
  urls: z.array(z.string()).optional(),
});

/** https://github.com/opencontainers/image-spec/blob/main/descriptor.md; what is not read is kept. */
export type Descriptor = z.output<typeof descriptor>;

const common = {
  subject: descriptor.optional(),
  artifactType: z.string().optional(),
  annotations: z.record(z.string(), z.string()).optional(),
};
const index = z.looseObject({ ...common, manifests: z.array(descriptor) });
const image = z.looseObject({ ...common, config: descriptor, layers: z.array(descriptor) });
const header = z.object({ mediaType: z.string().optional(), schemaVersion: z.literal(2) });

export type ManifestDocument =
  | ({ readonly kind: 'index' } & z.output<typeof index>)
  | ({ readonly kind: 'image' } & z.output<typeof image>);

/** A manifest as a registry keeps it, byte for byte. */
export interface Manifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly document: ManifestDocument;
}

export type ReadManifest = Pick<Manifest, 'mediaType' | 'document'> | { readonly wrong: string };

/** Reads what a registry gave for a manifest. @param contentType of the answer; '' = none */
export function readManifest(text: string, contentType: string): ReadManifest {
  const said = contentType.replace(/;.*$/, '').trim().toLowerCase();
  const value = parseJson(text);
  if (value === undefined)
    return { wrong: /html/.test(said) || /^\s*</.test(text) ? webPage : 'it is not JSON' };
  const head = header.safeParse(value);
  if (!head.success) return { wrong: 'it is no manifest of schema version 2' };
  const own = head.data.mediaType;
  const known = manifestTypes.includes(said);
  if (known && own !== undefined && own !== said)
    return { wrong: `it was sent as ${said} and calls itself ${own}` };
  const mediaType = known ? said : (own ?? said);
  if (!manifestTypes.includes(mediaType))
    return { wrong: `${JSON.stringify(mediaType)} is no type of manifest that is known here` };
  const document = documentOf(value, mediaType);
  return document === null ? { wrong: `it is no ${mediaType}` } : { mediaType, document };
}

const webPage = 'a web page came instead, as from a login page or a proxy on the way';

function documentOf(value: unknown, mediaType: string): ManifestDocument | null {
  if (indexTypes.includes(mediaType)) {
    const list = index.safeParse(value);
    return list.success ? { kind: 'index', ...list.data } : null;
  }
  const one = image.safeParse(value);
  return one.success ? { kind: 'image', ...one.data } : null;
}

/** Children of an index, or config and layers of an image. */
export function partsOf(document: ManifestDocument): readonly Descriptor[] {
  return document.kind === 'index' ? document.manifests : [document.config, ...document.layers];
}

/** `linux/arm64/v8` */
export function platformName(platform: {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}): string {
  const { os, architecture, variant } = platform;
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
}

/** Whether an entry of an index speaks of other entries (what buildx writes as an attestation) and is nothing to run. */
export function isAttestation({ platform }: Descriptor): boolean {
  return platform?.os === 'unknown' && platform.architecture === 'unknown';
}

/** How the layers of an image are packed. */
export type Packing = 'gzip' | 'zstd' | 'none';

const layerTypes = new Map<string, Packing>([
  ['application/vnd.oci.image.layer.v1.tar', 'none'],
  ['application/vnd.oci.image.layer.v1.tar+gzip', 'gzip'],
  ['application/vnd.oci.image.layer.v1.tar+zstd', 'zstd'],
  ['application/vnd.docker.image.rootfs.diff.tar', 'none'],
  ['application/vnd.docker.image.rootfs.diff.tar.gzip', 'gzip'],
  ['application/vnd.docker.image.rootfs.diff.tar.zstd', 'zstd'],
]);

/** How a layer of this media type is packed; null = it is none that a registry keeps, or one that nobody here can unpack. */
export function packingOf(mediaType: string): Packing | null {
  return layerTypes.get(mediaType) ?? null;
}
