import type { Problem } from '../problem';

/** What an image takes on one platform, in bytes. */
export interface PlatformSize {
  /** `linux/amd64` */
  readonly platform: string;
  /** Its layers unpacked: what it takes on a disk, without what the file system adds. */
  readonly uncompressed: number;
  /** Its layers as they travel. */
  readonly compressed: number;
}

const units = { kB: 1e3, MB: 1e6, GB: 1e9 } as const;

export const imageSizeFormat = 'Write a size in decimal units, like 500MB or 1.5GB.';

/** Bytes of `500MB`, `1.5GB`, `900kB`, in decimal units; undefined for anything else and for nothing at all. */
export function parseImageSize(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)\s*(kB|MB|GB)$/i.exec(text.trim()) ?? [];
  if (number === undefined) return undefined;
  const factor = Object.entries(units).find(([name]) => name.toLowerCase() === unit.toLowerCase());
  const bytes = Math.round(Number(number) * (factor?.[1] ?? 0));
  return bytes > 0 ? bytes : undefined;
}

/** `512.3 MB`: decimal megabytes, as the budget is written. */
export function megabytes(bytes: number): string {
  return `${(bytes / units.MB).toFixed(1)} MB`;
}

/** `linux/amd64: 512.3 MB, 201.9 MB compressed` */
export function describeSize({ platform, uncompressed, compressed }: PlatformSize): string {
  return `${platform}: ${megabytes(uncompressed)}, ${megabytes(compressed)} compressed`;
}

/** Every platform on which an image takes more than it may. @param budget bytes, uncompressed */
export function judgeImageSize(
  image: string,
  sizes: readonly PlatformSize[],
  budget: number,
): readonly Problem[] {
  const over = sizes.filter(({ uncompressed }) => uncompressed > budget);
  return over.map((size) => ({
    path: image,
    says: `is over ${megabytes(budget)} on ${describeSize(size)}`,
    fix: 'make the image smaller (docker history shows what takes the room), or raise max-image-size',
  }));
}
