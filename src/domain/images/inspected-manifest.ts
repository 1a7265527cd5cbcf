import { z } from 'zod';
import { parseJson } from '../json';

/** What a registry says of an image for one platform. */
export interface ImageManifest {
  /** Digest of the manifest for that platform. */
  readonly digest: string;
  /** Layers as they travel, compressed. */
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
}

const layers = z.object({ layers: z.array(z.object({ digest: z.string(), size: z.number() })) });
const entry = z.object({
  Descriptor: z.object({
    digest: z.string(),
    platform: z.object({ architecture: z.string(), os: z.string() }).optional(),
  }),
  SchemaV2Manifest: layers.optional(),
  OCIManifest: layers.optional(),
});
const answer = z.union([z.array(entry), entry.transform((one) => [one])]);

/** Reads what `docker manifest inspect --verbose` printed: of a list the manifest for this platform; null when there is none. */
export function readManifest(
  text: string,
  platform: { readonly os: string; readonly architecture: string },
): ImageManifest | null {
  const parsed = answer.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const fits = ({ Descriptor }: z.output<typeof entry>): boolean =>
    Descriptor.platform === undefined ||
    (Descriptor.platform.os === platform.os &&
      Descriptor.platform.architecture === platform.architecture);
  const found = parsed.data.find(fits);
  if (found === undefined) return null;
  const manifest = found.OCIManifest ?? found.SchemaV2Manifest;
  return { digest: found.Descriptor.digest, layers: manifest?.layers ?? [] };
}
