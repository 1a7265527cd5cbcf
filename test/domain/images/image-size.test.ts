import { describe, expect, test } from '@jest/globals';
import { judgeImageSize, megabytes, parseImageSize } from '../../../src/domain/images/image-size';

describe('a size', () => {
  test.each([
    ['500MB', 500_000_000],
    ['1.5GB', 1_500_000_000],
    ['900 kB', 900_000],
    [' 12.345mb ', 12_345_000],
    ['500', undefined],
    ['500MiB', undefined],
    ['0MB', undefined],
    ['-1MB', undefined],
    ['1e3MB', undefined],
    ['', undefined],
  ])('%s is %s bytes', (text, bytes) => {
    expect(parseImageSize(text)).toBe(bytes);
  });

  test('is told in decimal megabytes', () => {
    expect(megabytes(499_949_999)).toBe('499.9 MB');
  });
});

describe('a budget', () => {
  const sizes = [
    { platform: 'linux/amd64', uncompressed: 500_000_000, compressed: 100_000_000 },
    { platform: 'linux/arm64', uncompressed: 500_000_001, compressed: 90_000_000 },
  ];

  test('is kept up to its last byte, on each platform by itself', () => {
    expect(judgeImageSize('app', sizes, 500_000_000)).toEqual([
      {
        path: 'app',
        says: 'is over 500.0 MB on linux/arm64: 500.0 MB, 90.0 MB compressed',
        fix: 'make the image smaller (docker history shows what takes the room), or raise max-image-size',
      },
    ]);
    expect(judgeImageSize('app', sizes, 500_000_001)).toEqual([]);
  });
});
