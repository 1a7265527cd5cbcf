import { describe, expect, test } from '@jest/globals';
import { assignImages } from '../../../src/domain/images/assign';
import { formatReference } from '../../../src/domain/images/reference';
import { refusalOf } from '../../support/refusal-of';

const file = {
  web: 'ghcr.io/team/app:1',
  worker: 'ghcr.io/team/app:1',
  front: 'ghcr.io/team/front:1',
};
const built = { web: null, worker: null, front: 'ghcr.io/team/front:1' };

const assigned = (lines: readonly string[], images: Readonly<Record<string, string | null>>) =>
  Object.fromEntries(
    Object.entries(assignImages(lines, images)).map(([name, image]) => [
      name,
      formatReference(image),
    ]),
  );

describe('refused', () => {
  test.each([
    [
      ['web=not an image'],
      file,
      '"web=not an image" is no image reference. Fix: write service=registry/repository:tag',
    ],
    [['=ghcr.io/a'], file, '"=ghcr.io/a" is no image reference'],
    [
      ['webb=ghcr.io/a'],
      file,
      'the release has no service webb. Fix: use one of: web, worker, front',
    ],
    [['constructor=ghcr.io/a'], file, 'the release has no service constructor'],
    [['web=a:1', 'web=a:2'], file, 'web gets two images: docker.io/library/a:1 and web=a:2'],
    [['ghcr.io/team/app:2', 'ghcr.io/team/app:3'], file, 'web gets two images'],
    [
      ['ghcr.io/team/other:2'],
      file,
      'ghcr.io/team/other:2 is the image of no released service. Fix: say whose it is: web=ghcr.io/team/other:2',
    ],
    [
      ['ghcr.io/team/other:2', 'ghcr.io/team/front:2'],
      built,
      'ghcr.io/team/other:2 is the image of no released service',
    ],
    [
      [],
      built,
      'services.web.image: has no image. Fix: add image to the service, or web=registry/repository:tag',
    ],
    [[], { web: 'UPPER' }, 'services.web.image: "UPPER" is no image reference'],
  ])('%j', (lines, images, message) => {
    expect(refusalOf(() => assignImages(lines, images))).toContain(message);
  });

  test('all at once', () => {
    const text = refusalOf(() => assignImages(['a b', 'nobody=x'], built));
    expect(text).toContain('the images of this release: 4 problems');
  });
});

describe('assigned', () => {
  const app = (tag: string) => `ghcr.io/team/app:${tag}`;
  const front = (tag: string) => `ghcr.io/team/front:${tag}`;
  test.each([
    ['nothing given: the file', [], file, { web: app('1'), worker: app('1'), front: front('1') }],
    [
      'per service',
      [`web=${app('2')}`],
      file,
      { web: app('2'), worker: app('1'), front: front('1') },
    ],
    [
      'spaces around =',
      [` worker = ${app('2')} `],
      file,
      { web: app('1'), worker: app('2'), front: front('1') },
    ],
    [
      'a bare one goes to its repository',
      [app('2')],
      file,
      { web: app('2'), worker: app('2'), front: front('1') },
    ],
    [
      'two bare ones',
      [app('2'), front('3')],
      file,
      { web: app('2'), worker: app('2'), front: front('3') },
    ],
    [
      'a named service keeps its own',
      [app('2'), `worker=${app('9')}`],
      file,
      { web: app('2'), worker: app('9'), front: front('1') },
    ],
    [
      'a single bare one serves those without',
      ['x/y:5'],
      built,
      { web: 'docker.io/x/y:5', worker: 'docker.io/x/y:5', front: front('1') },
    ],
  ])('%s', (_, lines, images, expected) => expect(assigned(lines, images)).toEqual(expected));
});
