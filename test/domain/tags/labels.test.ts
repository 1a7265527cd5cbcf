import { describe, expect, test } from '@jest/globals';
import { bakeFiles } from '../../../src/domain/tags/bake-files';
import { annotationLines, labelLines, labelsOf, readLabels } from '../../../src/domain/tags/labels';
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
const given = (input: string) => readLabels('labels', input, tagEvent());
const read = (input: string) => labelsOf(given(input), tagEvent(), '1.2.3');

describe('labels', () => {
  test('come from the event, sorted by key', () => {
    expect(labelLines(read(''))).toEqual(own);
  });

  test('of the input win, may hold =, commas and expressions, and may be empty', () => {
    const labels = read(
      '# a comment\norg.opencontainers.image.title=My, title=x\nmy.key={{branch}}\nempty=\n"quoted=a ""b"""\n"long=one\ntwo"',
    );
    expect(Object.fromEntries(labels)).toMatchObject({
      'org.opencontainers.image.title': 'My, title=x',
      'my.key': 'main',
      empty: '',
      quoted: 'a "b"',
      long: 'one\ntwo',
    });
    const keys = [...labels.keys()];
    expect(keys).toEqual(keys.toSorted((a, b) => a.localeCompare(b)));
  });

  test('that are wrong are named with their lines, all of them', () => {
    const { problems, warnings } = given('a=b\nnothing\nc={{\nd={{date}}');
    expect(warnings).toEqual(['labels, line 2: nothing has no "=", so it is left out']);
    expect(problems).toEqual([
      expect.objectContaining({ path: 'input labels', line: 3 }),
      expect.objectContaining({ line: 4, says: "A date needs a format: {{date 'YYYYMMDD'}}" }),
    ]);
  });

  test('as annotations stand once for each level', () => {
    const lines = annotationLines(
      new Map([
        ['a', '1'],
        ['b', '2'],
      ]),
      ['manifest', 'index'],
    );
    expect(lines).toEqual(['manifest:a=1', 'manifest:b=2', 'index:a=1', 'index:b=2']);
  });
});

test('bake files hold what their name says, for the target that is asked for', () => {
  const files = bakeFiles(
    {
      images: ['a', 'b'],
      version: '1',
      tags: ['a:1', 'b:1'],
      labels: new Map([['l', '1']]),
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

test('without a tag the version of the bake file stays what it is', () => {
  const files = bakeFiles(
    { images: ['a'], version: '', tags: [], labels: new Map(), annotations: [] },
    'app',
  );
  expect(JSON.parse(files['bake-file-tags'])).toEqual({
    target: { app: { tags: [], args: { DOCKER_META_IMAGES: 'a' } } },
  });
});
