import type { Labels } from './labels';

/** What an image is built with. */
export interface ImageMetadata {
  readonly images: readonly string[];
  readonly version: string;
  readonly tags: readonly string[];
  readonly labels: Labels;
  readonly annotations: readonly string[];
}

/** Texts of the bake files by output name: https://docs.docker.com/build/bake/reference/. */
export function bakeFiles(
  metadata: ImageMetadata,
  target: string,
): Readonly<Record<BakeFile, string>> {
  const { images, version, tags, annotations } = metadata;
  const labels = Object.fromEntries(metadata.labels);
  // Without a tag there is no version, and then the file's own default holds.
  const args = {
    DOCKER_META_IMAGES: images.join(','),
    ...(version === '' ? {} : { DOCKER_META_VERSION: version }),
  };
  const file = (content: object): string =>
    JSON.stringify({ target: { [target]: content } }, null, 2);
  return {
    'bake-file': file({ tags, labels, args }),
    'bake-file-tags': file({ tags, args }),
    'bake-file-labels': file({ labels }),
    'bake-file-annotations': file({ annotations }),
  };
}
export type BakeFile =
  'bake-file' | 'bake-file-tags' | 'bake-file-labels' | 'bake-file-annotations';
