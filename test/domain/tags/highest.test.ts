import { describe, expect, test } from '@jest/globals';
import { chooseTags, draftTags } from '../../../src/domain/tags/choose-tags';
import { readFlavor } from '../../../src/domain/tags/flavor';
import { readRules } from '../../../src/domain/tags/read-rules';
import type { TagEvent } from '../../../src/domain/tags/tag-event';
import { gitTag, tagEvent } from '../../support/tag-event';

const all =
  'type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{major}}';

function choose(rules: string, event: TagEvent, known: readonly string[] | null, flavor = '') {
  const { flavor: wanted } = readFlavor(flavor);
  const draft = draftTags(readRules(rules).rules, wanted, event);
  expect(draft.problems).toEqual([]);
  return { asks: draft.asksForVersions, ...chooseTags(draft, known) };
}

describe('tags that move go with the highest version only', () => {
  test.each([
    ['the first version', 'v1.0.0', ['v1.0.0'], '1.0.0 1.0 1 latest'],
    ['a newer patch', 'v1.2.4', ['v1.2.3', 'v1.2.4'], '1.2.4 1.2 1 latest'],
    ['a patch of an old minor', 'v1.1.9', ['v1.2.3', 'v1.1.8', 'v1.1.9'], '1.1.9 1.1'],
    ['a patch of an old major', 'v1.9.1', ['v2.0.0', 'v1.9.0', 'v1.9.1'], '1.9.1 1.9 1'],
    ['10 is above 9', 'v1.10.0', ['v1.9.0', 'v1.10.0'], '1.10.0 1.10 1 latest'],
    ['a patch that came too late', 'v1.2.3', ['v1.2.4', 'v1.2.3'], '1.2.3'],
    [
      'a prerelease above it',
      'v1.2.3',
      ['v1.2.3', 'v2.0.0-rc.1', 'v1.3.0-beta'],
      '1.2.3 1.2 1 latest',
    ],
    ['a prerelease', 'v2.0.0-rc.1', ['v1.2.3', 'v2.0.0-rc.1'], '2.0.0-rc.1'],
    [
      'tags that are no versions',
      'v1.2.3',
      ['nightly', 'v99', 'docker-v2.0.0'],
      '1.2.3 1.2 1 latest',
    ],
    ['nothing is known to be there', 'v1.2.3', [], '1.2.3 1.2 1 latest'],
  ])('%s', (_name, tag, known, tags) => {
    const chosen = choose(all, gitTag(tag), known);
    expect(chosen.tags.join(' ')).toBe(tags);
  });

  test('and always, when it is so wanted', () => {
    expect(choose(all, gitTag('v1.1.9'), null).tags).toEqual(['1.1.9', '1.1', '1', 'latest']);
  });

  test.each([
    [
      'of one of several apps',
      'type=semver,pattern={{major}},match=app-v(.*)',
      'app-v1.2.3',
      ['app-v1.3.0', 'web-v2.0.0'],
      '',
    ],
    [
      'of the highest of several apps',
      'type=semver,pattern={{major}},match=app-v(.*)',
      'app-v1.2.3',
      ['app-v1.2.0', 'web-v2.0.0'],
      '1 latest',
    ],
    ['by a pattern', 'type=match,pattern=v(\\d+\\.\\d+),group=1', 'v1.2.3', ['v1.2.4'], ''],
    [
      'by a pattern that keeps all of it',
      'type=match,pattern=v(.*),group=1',
      'v1.2.3',
      ['v1.2.4'],
      '1.2.3',
    ],
    [
      'by a pattern, of a prerelease',
      'type=match,pattern=v(.*),group=1',
      'v2.0.0-rc.1',
      [],
      '2.0.0-rc.1',
    ],
    ['by PEP 440', 'type=pep440,pattern={{major}}.{{minor}}', '1.2.3', ['1.2.4'], ''],
    [
      'by PEP 440, post releases apart',
      'type=pep440,pattern={{major}}.{{minor}}',
      '1.2.3',
      ['1.2.3.post1'],
      '1.2 latest',
    ],
    ['of a calendar', 'type=ref,event=tag', '2026.11.3', ['2026.12.1', '2025.1.1'], '2026.11.3'],
    [
      'of a calendar, the newest',
      'type=ref,event=tag',
      '2026.12.1',
      ['2026.11.30'],
      '2026.12.1 latest',
    ],
    ['of a word', 'type=ref,event=tag', 'stable', ['v1.0.0'], 'stable latest'],
    ['with a prefix', 'type=semver,pattern={{major}},prefix=x-', 'v1.2.3', ['v1.3.0'], ''],
    ['by a value', 'type=semver,pattern={{major}},value=v1.2.3', 'v1.2.3', ['v1.3.0'], ''],
  ])('%s', (_name, rule, tag, known, tags) => {
    expect(choose(rule, gitTag(tag), known).tags.join(' ')).toBe(tags);
  });

  test('latest=true does not put an old version there either', () => {
    const old = choose(all, gitTag('v1.1.9'), ['v1.2.0'], 'latest=true');
    expect(old.tags).toEqual(['1.1.9', '1.1']);
  });
});

describe('versions are asked for', () => {
  test.each([
    [
      'for a tag that moves',
      'type=semver,pattern={{major}}',
      gitTag('v1.2.3'),
      'latest=false',
      true,
    ],
    ['for latest', 'type=semver,pattern={{version}}', gitTag('v1.2.3'), '', true],
    [
      'not for a version alone',
      'type=semver,pattern={{version}}',
      gitTag('v1.2.3'),
      'latest=false',
      false,
    ],
    ['not for a prerelease', 'type=semver,pattern={{major}}', gitTag('v1.2.3-rc.1'), '', false],
    ['not for a branch', 'type=ref,event=branch', tagEvent(), 'latest=true', false],
    ['not for a tag that is no version', 'type=ref,event=tag', gitTag('stable'), '', false],
  ])('%s', (_name, rules, event, flavor, asks) => {
    expect(choose(rules, event, [], flavor).asks).toBe(asks);
  });
});

describe('every rule is explained', () => {
  test('with what it gave, or why not', () => {
    const { explanation } = choose(
      `${all}\ntype=ref,event=branch\nfix,enable=false`,
      gitTag('v1.1.9'),
      ['v1.2.0'],
    );
    const told = explanation.map(({ line, tag, why }) => [line, tag, why]);
    expect(told).toEqual([
      [1, '1.1.9', 'the version is 1.1.9'],
      [2, '1.1', 'the version is 1.1.9, the highest of 1.1'],
      [3, null, '1 stays where it is: v1.2.0 is higher than v1.1.9'],
      [4, null, 'refs/tags/v1.1.9 is no branch'],
      [5, null, 'enable is false'],
      [0, null, 'it stays where it is: v1.2.0 is higher than v1.1.9'],
    ]);
  });
});
