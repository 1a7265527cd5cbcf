import { describe, expect, test } from '@jest/globals';
import { draftTags } from '../../../src/domain/tags/choose-tags';
import { readFlavor } from '../../../src/domain/tags/flavor';
import { readImageNames } from '../../../src/domain/tags/image-names';
import { readRules } from '../../../src/domain/tags/read-rules';
import { tagEvent } from '../../support/tag-event';

describe('a rule that is wrong is named with its line', () => {
  test.each([
    ['type=nope', 'Unknown tag type attribute: nope'],
    ['type=semver', 'Missing pattern attribute for type=semver'],
    ['type=pep440,value=1', 'Missing pattern attribute'],
    ['type=match', 'Missing pattern attribute'],
    ['type=match,pattern=v(.*),group=x', 'Invalid match group'],
    [
      'type=match,pattern=v(',
      'its pattern is no regular expression: Invalid regular expression: /v(/',
    ],
    ['type=match,pattern=/v/zz', 'Invalid flags'],
    ['type=semver,pattern={{version}},match=v(', 'its match is no regular expression'],
    ['type=ref', 'Missing event attribute'],
    ['type=ref,event=push', 'Invalid event'],
    ['type=raw', 'Missing value attribute'],
    ['type=sha,format=tiny', 'Invalid format'],
    ['type=sha,priority=high', 'priority "high" is no number'],
  ])('%s', (rule, says) => {
    const { rules, problems } = readRules(`type=sha\n\n${rule}`);
    expect(rules).toHaveLength(1);
    expect(problems).toEqual([
      expect.objectContaining({ path: 'input tags', line: 3, says: expect.stringContaining(says) }),
    ]);
    expect(problems[0]?.fix).not.toBe('');
  });

  test('a quote that never closes', () => {
    expect(readRules('type=sha\n\n# "\ntype=raw,"value=a\ntype=edge').problems).toEqual([
      expect.objectContaining({ line: 4, says: 'a quote is opened and never closed' }),
    ]);
  });

  test('all of them at once', () => {
    const { problems } = readRules('type=a\ntype=b\ntype=ref');
    expect(problems.map(({ line }) => line)).toEqual([1, 2, 3]);
  });

  test.each([
    ['enable=maybe', 'Invalid value for enable attribute: maybe'],
    ['enable=', 'Invalid value for enable attribute: '],
    ['prefix={{', 'Parse error'],
    ["prefix={{date 'YYYY' zone='x'}}", 'Unknown zone attribute'],
    ["prefix={{date 'YYYY' tz='Nowhere'}}", 'Unknown time zone Nowhere'],
    ['prefix=.', 'does not begin with a letter, a digit or _'],
    ['prefix=-', 'does not begin with a letter'],
    [`suffix=${'x'.repeat(130)}`, 'has 137 characters, and a tag has at most 128'],
  ])('also one that cannot be rendered, or gives no tag: %s', (attribute, says) => {
    const { rules } = readRules(`\ntype=sha,prefix=,${attribute}`);
    const { problems } = draftTags(rules, readFlavor('').flavor, tagEvent());
    expect(problems).toEqual([
      expect.objectContaining({ line: 2, says: expect.stringContaining(says) }),
    ]);
  });
});

describe('what is probably not meant is told', () => {
  test.each([
    ['type=match,pattern=\\d.\\d.\\d', 'a dot matches any character'],
    ['type=match,pattern=\\d{1,2}', 'quote a field'],
    ['type=semver,patern=x,pattern={{version}}', 'semver has no attribute patern'],
  ])('%s', (rule, says) => {
    const { warnings, problems } = readRules(rule);
    expect(problems).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining(says)]);
    expect(warnings[0]).toContain('line 1');
  });

  test.each([
    'type=match,pattern=\\d+\\.\\d+',
    'type=match,pattern=\\d.*',
    '"type=match,""pattern=\\d{1,2}"""',
    'plain',
  ])('and nothing of %s', (rule) => {
    expect(readRules(rule).warnings).toEqual([]);
  });
});

describe('the flavor', () => {
  test.each([
    ['latest=maybe', 'Invalid latest flavor entry'],
    ['prefix', 'Invalid flavor entry'],
    ['prefix=x,onlatest=maybe', 'Invalid value for onlatest'],
    ['color=red', 'Unknown flavor entry'],
  ])('%s is refused', (text, says) => {
    expect(readFlavor(`latest=auto\n${text}`).problems).toEqual([
      expect.objectContaining({
        path: 'input flavor',
        line: 2,
        says: expect.stringContaining(says),
      }),
    ]);
  });
});

describe('the images', () => {
  test.each([
    ['', []],
    ['Name/App', ['name/app']],
    ['name/app,ghcr.io/Name/App', ['name/app', 'ghcr.io/name/app']],
    ['name/app\nghcr.io/name/app', ['name/app', 'ghcr.io/name/app']],
    ['name=name/app\nname=ghcr.io/name/app,enable=false', ['name/app']],
    ['# comment\nname/app', ['name/app']],
  ])('%j', (text, names) => {
    expect(readImageNames(text)).toEqual({ names, problems: [] });
  });

  test.each([
    ['name=a,enable=perhaps', 'Invalid enable attribute'],
    ['name=a,size=1', 'Unknown image attribute'],
    ['enable=true', 'Image name attribute empty'],
    ['name=', 'Image name attribute empty'],
  ])('%s is refused', (text, says) => {
    expect(readImageNames(`a\n${text}`).problems).toEqual([
      expect.objectContaining({ line: 2, says: expect.stringContaining(says) }),
    ]);
  });
});
