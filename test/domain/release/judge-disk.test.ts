import { describe, expect, test } from '@jest/globals';
import { judgeImagesRoom, neededBytes } from '../../../src/domain/release/judge-disk';

const MiB = 1024 ** 2;
const image = (...layers: readonly (readonly [digest: string, size: number])[]) => ({
  digest: 'sha256:x',
  layers: layers.map(([digest, size]) => ({ digest, size })),
});

describe('neededBytes', () => {
  test.each([
    ['nothing to pull', [], [], 0],
    ['compressed and unpacked', [image(['a', 100])], [], 350],
    ['a layer of two images once', [image(['a', 100]), image(['a', 100], ['b', 10])], [], 385],
    ['not what other images brought', [image(['a', 100], ['b', 10])], [image(['a', 100])], 35],
  ])('%s', (_, missing, present, bytes) => {
    expect(neededBytes(missing, present)).toBe(bytes);
  });
});

describe('judgeImagesRoom', () => {
  const judged = (
    room: { bytes?: number | null; inodes?: number | null },
    images = { missing: 2, bytes: 700 * MiB },
  ) =>
    judgeImagesRoom({ path: '/data/docker', bytes: 1000 * MiB, inodes: null, ...room }, images).map(
      ({ path, says }) => `${path}: ${says}`,
    );

  test('names both figures, and where', () => {
    expect(judged({ bytes: 999 * MiB })).toEqual([
      '/data/docker: 999 MiB are free, 1000 MiB are needed for 2 images to pull (700 MiB) and a margin',
    ]);
  });

  test('says how to make room', () => {
    const [problem] = judgeImagesRoom(
      { path: '/data/docker', bytes: 1, inodes: null },
      { missing: 0, bytes: 0 },
    );
    expect(problem?.says).toBe('0 MiB are free, 300 MiB are needed for a release');
    expect(problem?.fix).toMatch(/docker system df.*docker image prune/);
  });

  test('inodes run out, too, and count only when something is pulled', () => {
    const inodes = { inodes: 29_999 };
    expect(judged(inodes)).toEqual([
      '/data/docker: 29999 inodes are free, 30000 are needed for the files of an image',
    ]);
    expect(judged(inodes, { missing: 0, bytes: 0 })).toEqual([]);
  });

  test.each([
    ['just enough', {}],
    ['a disk that cannot be read', { bytes: null }],
    ['a file system without such a limit', { inodes: null }],
  ])('%s is fine', (_, room) => {
    expect(judged(room)).toEqual([]);
  });
});
