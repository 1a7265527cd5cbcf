import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { labelLines, labelsOf, readLabels } from '../../../src/domain/tags/labels';
import { readImageNames } from '../../../src/domain/tags/image-names';
import type { TagEvent } from '../../../src/domain/tags/tag-event';
import { makeTags } from '../../../src/transactions/tags/make-tags';
import { gitTag, tagEvent } from '../../support/tag-event';

/**
 * What docker/metadata-action 6.2 gives: tags by rule, and for each list of tags the events that it is given for. Events that are
 * not named get none. null = refused.
 */
interface Cases {
  readonly events: Readonly<Record<string, readonly [string, string, string?, string?]>>;
  readonly rules: Readonly<Record<string, Given>>;
  readonly flavors: Readonly<Record<string, Readonly<Record<string, Given>>>>;
  readonly images: Readonly<Record<string, readonly string[] | null>>;
  readonly labels: Readonly<Record<string, readonly string[] | null>>;
  readonly refused: readonly string[];
}
type Given = Readonly<Record<string, readonly string[]>>;

const root = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const cases = JSON.parse(read('test/fixtures/docker-metadata-cases.json')) as Cases;

const events: readonly (readonly [string, TagEvent])[] = Object.entries(cases.events).map(
  ([name, [event, ref, baseRef = '', sha]]) => {
    const known = sha === undefined ? {} : { sha };
    return [name, tagEvent({ name: event, ref, baseRef, ...known })] as const;
  },
);

async function made(tags: string, event: TagEvent, flavor = ''): Promise<string> {
  const request = { images: '', tags, flavor, labels: '', annotations: '' };
  const settings = {
    annotationLevels: ['manifest'],
    bakeTarget: 'app',
    movingTags: 'always',
    failOnEmpty: false,
  } as const;
  const none = (): Promise<string[]> => Promise.resolve([]);
  const tools = { warn: () => undefined, gitTags: none, imageTags: none };
  const { tagNames, version } = await makeTags({ ...request, ...settings }, event, tools);
  expect(version).toBe(tagNames[0] ?? '');
  return tagNames.join(' ');
}

async function allOf(tags: string, flavor = ''): Promise<Given> {
  const given = new Map<string, string[]>();
  for (const [name, event] of events) {
    const text = await made(tags, event, flavor);
    if (text !== '') given.set(text, [...(given.get(text) ?? []), name]);
  }
  return Object.fromEntries(given);
}

describe('the same tags as docker/metadata-action, on every event', () => {
  test.each(Object.entries(cases.rules))('%j', async (tags, given) => {
    expect(await allOf(tags)).toEqual(given);
  });

  const flavors = Object.entries(cases.flavors).flatMap(([flavor, rules]) =>
    Object.entries(rules).map(([tags, given]) => [flavor, tags, given] as const),
  );
  test.each(flavors)('flavor %j of %j', async (flavor, tags, given) => {
    expect(await allOf(tags, flavor)).toEqual(given);
  });

  test.each(cases.refused)('%j is refused', async (tags) => {
    await expect(made(tags, tagEvent())).rejects.toThrow(/input tags \(line 1\): .+ Fix: /);
  });
});

test.each(Object.entries(cases.images))('the same images: %j', (text, names) => {
  const { names: ours, problems } = readImageNames(text);
  expect(problems.length > 0 ? null : ours).toEqual(names);
});

test.each(Object.entries(cases.labels))('the same labels: %j', (text, lines) => {
  const event = tagEvent({ name: 'pull_request', ref: 'refs/pull/42/merge', baseRef: 'main' });
  const given = readLabels('labels', text, event);
  const ours = labelLines(labelsOf(given, event, 'pr-42'));
  const told = ours.filter((line) => !/\.image\.(created|revision|source|url)=/.test(line));
  expect(given.problems.length > 0 ? null : told).toEqual(lines);
});

describe('what differs, each with its row in docs/image-tags.md', () => {
  const page = read('docs/image-tags.md');
  const long = 'x'.repeat(140);
  const version = gitTag('v1.2.3');
  const quoted = 'type=match,"pattern=\\d{1,2}"';
  test.each<[row: string, rules: string, event: TagEvent, tags: string | RegExp, flavor?: string]>([
    ['A tag of more than 128 characters', 'type=ref,event=tag', gitTag(long), /at most 128/],
    [
      'begins with `.` or `-`',
      '',
      gitTag('.x'),
      /default rule type=ref,event=tag: .+ \.x does not/,
    ],
    ['begins with `.` or `-`', 'type=raw,=x', version, /line 1\): the tag -x does not begin/],
    [
      'begins with `.` or `-`',
      'type=raw,value=a,prefix=',
      version,
      /input flavor: the tag -latest/,
      'prefix=/,onlatest=true\nlatest=true',
    ],
    ['A field in quotes with a comma in it', quoted, gitTag('v10'), '10 latest'],
    ['A quote inside a field', 'type=raw,value={{date "YYYY"}}', version, '2026'],
    [
      'An expression in a prefix or suffix of `latest`',
      '',
      version,
      '860c190-v1.2.3 860c190-latest',
      'prefix={{sha}}-,onlatest=true',
    ],
    ['An `=` in a prefix or suffix of the flavor', 'a', version, 'x-ya', 'prefix=x=y'],
    ['An unknown time zone', "type=raw,value={{date 'YYYY' tz='X'}}", version, /Unknown time zone/],
    ['`latest` that a rule names too', 'type=ref,event=tag\nlatest', version, 'v1.2.3 latest'],
    ['A comment behind blanks', 'a\n   # b', version, 'a'],
    [
      '`match` without a group',
      'type=semver,pattern={{version}},match=\\d+\\.\\d+\\.\\d+',
      version,
      '1.2.3 latest',
    ],
    [
      'Patterns and priorities that are none',
      'type=match,pattern=v(',
      tagEvent(),
      /line 1\): .+ no regular expression/,
    ],
    [
      'Patterns and priorities that are none',
      'type=sha,priority=high',
      version,
      /line 1\): .+ no number/,
    ],
  ])('%s: %j', async (row, rules, event, tags, flavor = '') => {
    expect(page.includes(row)).toBe(true);
    const given = made(rules, event, flavor).catch((thrown: unknown) => String(thrown));
    if (typeof tags === 'string') expect(await given).toBe(tags);
    else expect(await given).toMatch(tags);
  });
});
