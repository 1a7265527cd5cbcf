import { describe, expect, test } from '@jest/globals';
import { bakeFiles } from '../../../src/domain/tags/bake-files';
import { annotationLines, labelLines, readLabels } from '../../../src/domain/tags/labels';
import { tagEvent } from '../../support/tag-event';

const own = [
  'org.opencontainers.image.created=2026-11-23T22:30:00.000Z',
  'org.opencontainers.image.description=This your first repo!',
  'org.opencontainers.image.licenses=MIT',
  'org.opencontainers.image.revision=860c1904a1ce19322e91ac35af1ab07466440c37',
  'org.opencontainers.image.source=https://github.com/octocat/Hello-World',
  'org.opencontainers.image.title=Hello-World',
  'org.opencontainers.image.url=https://github.com/octocat/Hello-World',
  'org.opencontainers.image.version=1.2.3',
];
const read = (input: string) => readLabels(input, tagEvent(), '1.2.3');

describe('labels', () => {
  test('come from the event, sorted by key', () => {
    expect(labelLines(read('').labels)).toEqual(own);
  });

  test('of the input win, may hold =, commas and expressions, and may be empty', () => {
    const { labels, warnings } = read(
      '# a comment\norg.opencontainers.image.title=My, title=x\nmy.key={{branch}}\nempty=\n"quoted=a ""b"""\nnothing',
    );
    expect(labels).toMatchObject({
      'org.opencontainers.image.title': 'My, title=x',
      'my.key': 'main',
      empty: '',
      quoted: 'a "b"',
    });
    expect(Object.keys(labels)).toEqual(Object.keys(labels).toSorted((a, b) => a.localeCompare(b)));
    expect(warnings).toEqual([expect.stringContaining('nothing')]);
  });

  test('as annotations stand once for each level', () => {
    const lines = annotationLines({ a: '1', b: '2' }, ['manifest', 'index']);
    expect(lines).toEqual(['manifest:a=1', 'manifest:b=2', 'index:a=1', 'index:b=2']);
  });
});

test('bake files hold what their name says, for the target that is asked for', () => {
  const files = bakeFiles(
    {
      images: ['a', 'b'],
      version: '1',
      tags: ['a:1', 'b:1'],
      labels: { l: '1' },
      annotations: ['manifest:l=1'],
    },
    'app',
  );
  const contents = Object.entries(files).map(([name, text]) => [
    name,
    (JSON.parse(text) as { target: { app: unknown } }).target.app,
  ]);
  const args = { DOCKER_META_IMAGES: 'a,b', DOCKER_META_VERSION: '1' };
  expect(Object.fromEntries(contents)).toEqual({
    'bake-file': { tags: ['a:1', 'b:1'], labels: { l: '1' }, args },
    'bake-file-tags': { tags: ['a:1', 'b:1'], args },
    'bake-file-labels': { labels: { l: '1' } },
    'bake-file-annotations': { annotations: ['manifest:l=1'] },
  });
});
