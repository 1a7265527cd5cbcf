import { indexType, type Descriptor, type Manifest } from './manifest';

/** The tag under which a registry without a referrers API lists what refers to a digest. Source: distribution spec, "Referrers tag schema". */
export function referrersTag(digest: string): string {
  return digest.replace(':', '-');
}

/** How a manifest is listed among those that refer to another. */
export function referrerOf({ digest, mediaType, bytes, document }: Manifest): Descriptor {
  const artifactType =
    document.artifactType ?? (document.kind === 'image' ? document.config.mediaType : undefined);
  const { annotations } = document;
  return {
    mediaType,
    digest,
    size: bytes.byteLength,
    ...(artifactType !== undefined && { artifactType }),
    ...(annotations !== undefined && { annotations }),
  };
}

/** What a list of referrers holds. */
export function listedIn(list: Manifest | null): readonly Descriptor[] {
  return list?.document.kind === 'index' ? list.document.manifests : [];
}

/** Text of a list of referrers. */
export function referrersList(manifests: readonly Descriptor[]): string {
  return JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests });
}
