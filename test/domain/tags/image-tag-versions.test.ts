import { describe, expect, test } from '@jest/globals';
import { chooseTags, draftTags } from '../../../src/domain/tags/choose-tags';
import { readFlavor } from '../../../src/domain/tags/flavor';
import { versionsOfImage } from '../../../src/domain/tags/image-tag-versions';
import { readRules } from '../../../src/domain/tags/read-rules';
import { gitTag } from '../../support/tag-event';

const draftOf = (name: string, rules: string, flavor = '') =>
  draftTags(readRules(rules).rules, readFlavor(flavor).flavor, gitTag(name));

const semver = 'type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}';

/** The tags of a run that knows nothing but the tags of its image; null = it cannot know. */
function tagsBeside(imageTags: string, name: string, rules = semver, flavor = '') {
  const draft = draftOf(name, rules, flavor);
  const versions = versionsOfImage(draft, imageTags.split(' '));
  return versions === null ? null : chooseTags(draft, versions).tags.join(' ');
}

describe('versions that only the registry knows', () => {
  test.each([
    ['a higher one', '1.2.4 1.2 latest', 'v1.2.3', semver, '', '1.2.3'],
    ['a higher line', '2.0.0 2.0 latest', 'v1.2.3', semver, '', '1.2.3 1.2'],
    ['lower ones', '1.2.2 1.2 1.1.9 latest', 'v1.2.3', semver, '', '1.2.3 1.2 latest'],
    ['a release candidate', '1.2.2 1.3.0-rc.1 latest', 'v1.2.3', semver, '', '1.2.3 1.2 latest'],
    ['itself', '1.2.3 1.2 latest', 'v1.2.3', semver, '', '1.2.3 1.2 latest'],
    [
      'another flavor beside it',
      '1.2.4-alpine 1.2.2 latest',
      'v1.2.3',
      semver,
      '',
      '1.2.3 1.2 latest',
    ],
    [
      'its own flavor',
      '1.2.4-alpine latest',
      'v1.2.3',
      semver,
      'suffix=-alpine,onlatest=true',
      '1.2.3-alpine',
    ],
    [
      'those of an app in a repository of several',
      '1.2.4 latest',
      'app2-v1.2.3',
      'type=semver,pattern={{version}},match=app2-v(.*)',
      '',
      '1.2.3',
    ],
    ['dates', '2026.11.4 latest', '2026.11.3', 'type=ref,event=tag', '', '2026.11.3'],
    [
      'those behind a name in git alone',
      '1.3.0 1 latest',
      'app-1.2.9',
      'type=match,pattern=app-(\\d+)\\.,group=1',
      '',
      '',
    ],
    ['none, and no tag that moves', 'main sha-1234567', 'v1.2.3', semver, '', '1.2.3 1.2 latest'],
  ])('%s: %s', (_what, imageTags, name, rules, flavor, expected) => {
    expect(tagsBeside(imageTags, name, rules, flavor)).toBe(expected);
  });

  test('are unknown when a tag that moves is on one that nobody can read', () => {
    expect(tagsBeside('latest main', 'v1.2.3')).toBeNull();
    expect(tagsBeside('1.2 build-77', 'v1.2.3')).toBeNull();
  });
});

describe('tags of one version alone', () => {
  test.each([
    ['v1.2.3', semver, '1.2.3'],
    ['v1.2.3-rc.1', semver, '1.2.3-rc.1'],
    ['v1.2.3', 'type=ref,event=tag\ntype=sha\ntype=raw,value=stable', 'v1.2.3'],
    ['v1.2.3', 'type=raw,value=1.2.3\ntype=raw,value=1.2', '1.2.3'],
    ['v1.2.3', 'type=match,pattern=v(\\d+)\\.,group=1', ''],
    ['2026.11.3', 'type=match,pattern=.*', '2026.11.3'],
    ['release', 'type=ref,event=tag', ''],
  ])('of %s by %s: %s', (name, rules, expected) => {
    expect(chooseTags(draftOf(name, rules), []).versionTags.join(' ')).toBe(expected);
  });
});
