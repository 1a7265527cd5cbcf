import type { ImageManifest } from '../images/inspected-manifest';
import type { Problem } from '../problem';
import type { FreeRoom } from './free-room';

/** While it is pulled an image takes its compressed size and, unpacked, about two and a half times that. */
const unpackedPerCompressed = 3.5;
/** For logs and records, and so that the databases on the same disk do not stand still. */
const marginBytes = 300 * 1024 ** 2;
/** An image of a usual language has 10,000 to 30,000 files. */
const leastInodes = 30_000;

/** Bytes that must be free for images that are yet to be pulled; layers that other images brought already take none. */
export function neededBytes(
  missing: readonly ImageManifest[],
  present: readonly ImageManifest[],
): number {
  const there = new Set(present.flatMap(({ layers }) => layers.map(({ digest }) => digest)));
  const wanted = new Map(
    missing.flatMap(({ layers }) => layers.map(({ digest, size }) => [digest, size] as const)),
  );
  const compressed = [...wanted]
    .filter(([digest]) => !there.has(digest))
    .reduce((sum, [, size]) => sum + size, 0);
  return Math.ceil(compressed * unpackedPerCompressed);
}

/** S1: whether the images of a release have room where Docker keeps them. */
export function judgeImagesRoom(
  docker: FreeRoom,
  images: { readonly missing: number; readonly bytes: number },
): Problem[] {
  const problems: Problem[] = [];
  const add = (says: string): void =>
    void problems.push({ path: docker.path, says, fix: howToMakeRoom });
  const needed = images.bytes + marginBytes;
  if (docker.bytes !== null && docker.bytes < needed) {
    const what =
      images.bytes === 0
        ? 'for a release'
        : `for ${count(images.missing)} to pull (${mebibytes(images.bytes)}) and a margin`;
    add(`${mebibytes(docker.bytes)} are free, ${mebibytes(needed)} are needed ${what}`);
  }
  if (images.missing > 0 && docker.inodes !== null && docker.inodes < leastInodes) {
    add(`${docker.inodes} inodes are free, ${leastInodes} are needed for the files of an image`);
  }
  return problems;
}

const howToMakeRoom =
  'look at docker system df; docker image prune --all --filter until=720h removes images that no container uses, docker builder prune the build cache; or give the disk more room';

function count(images: number): string {
  return images === 1 ? '1 image' : `${images} images`;
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / 1024 ** 2)} MiB`;
}
