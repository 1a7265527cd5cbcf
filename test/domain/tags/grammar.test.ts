import { describe, expect, test } from '@jest/globals';
import { chooseTags, draftTags } from '../../../src/domain/tags/choose-tags';
import { readFlavor } from '../../../src/domain/tags/flavor';
import { readRules } from '../../../src/domain/tags/read-rules';
import type { TagEvent } from '../../../src/domain/tags/tag-event';
import { gitTag, tagEvent } from '../../support/tag-event';

function tagsOf(
  rules: string,
  event: TagEvent,
  flavor = '',
  known: readonly string[] | null = null,
) {
  const read = readRules(rules);
  expect(read.problems).toEqual([]);
  const { flavor: wanted } = readFlavor(flavor);
  const draft = draftTags(read.rules, wanted, event);
  expect(draft.problems).toEqual([]);
  return chooseTags(draft, known).tags.join(' ');
}

const push = tagEvent();
const pullRequest = tagEvent({ name: 'pull_request', ref: 'refs/pull/42/merge', baseRef: 'main' });
const nightly = tagEvent({ name: 'schedule' });
const slashed = tagEvent({ ref: 'refs/heads/feat/big & new' });

type Row = readonly [rules: string, event: TagEvent, tags: string, flavor?: string];
const table = (rows: readonly Row[]) => {
  const named = rows.map(
    ([rules, event, tags, flavor = '']) => [rules, event.ref, { event, tags, flavor }] as const,
  );
  test.each(named)('%s on %s', (rules, _ref, { event, tags, flavor }) => {
    expect(tagsOf(rules, event, flavor)).toBe(tags);
  });
};

describe('without rules', () => {
  table([
    ['', push, 'main'],
    ['', slashed, 'feat-big-new'],
    ['', pullRequest, 'pr-42'],
    ['', gitTag('v1.2.3'), 'v1.2.3 latest'],
    ['', gitTag('v2.0.8-beta.67'), 'v2.0.8-beta.67 latest'],
    ['', gitTag('p1/v1.2.3'), 'p1-v1.2.3 latest'],
    ['', nightly, 'nightly main'],
    ['', tagEvent({ name: 'release', ref: 'refs/tags/1.0' }), '1.0 latest'],
    ['', tagEvent({ name: 'workflow_dispatch', ref: 'refs/heads/dev' }), 'dev'],
    [
      '',
      tagEvent({ name: 'merge_group', ref: 'refs/heads/gh-readonly-queue/main/pr-1-abc' }),
      'gh-readonly-queue-main-pr-1-abc',
    ],
    ['# only a comment\n\n', push, 'main'],
  ]);
});

describe('type=semver', () => {
  table([
    ['type=semver,pattern={{raw}}', gitTag('v1.2.3'), 'v1.2.3 latest'],
    ['type=semver,pattern={{version}}', gitTag('v1.2.3'), '1.2.3 latest'],
    ['type=semver,pattern={{major}}.{{minor}}', gitTag('v1.2.3'), '1.2 latest'],
    ['type=semver,pattern=v{{major}}', gitTag('v1.2.3'), 'v1 latest'],
    ['type=semver,pattern={{minor}}', gitTag('v1.2.3'), '2 latest'],
    ['type=semver,pattern={{patch}}', gitTag('v1.2.3'), '3 latest'],
    ['type=semver,pattern={{raw}}', gitTag('v2.0.8-beta.67'), 'v2.0.8-beta.67'],
    ['type=semver,pattern={{ raw }}', gitTag('v2.0.8-beta.67'), 'v2.0.8-beta.67'],
    ['type=semver,pattern={{version}}', gitTag('v2.0.8-beta.67'), '2.0.8-beta.67'],
    ['type=semver,pattern={{major}}.{{minor}}', gitTag('v2.0.8-beta.67'), '2.0.8-beta.67'],
    ['type=semver,pattern=x-{{raw}}', gitTag('v2.0.8-beta.67'), '2.0.8-beta.67'],
    ['type=semver,pattern={{version}}', gitTag('1.2'), ''],
    ['type=semver,pattern={{version}}', gitTag('v26.05.1'), ''],
    ['type=semver,pattern={{version}}', push, ''],
    ['type=semver,pattern={{version}},value=v1.0.0', push, '1.0.0 latest'],
    [
      'type=semver,pattern={{version}},value={{branch}}',
      tagEvent({ ref: 'refs/heads/1.4.0' }),
      '1.4.0 latest',
    ],
    [
      'type=semver,pattern={{version}},match=docker-(.*)',
      gitTag('docker-v23.0.0'),
      '23.0.0 latest',
    ],
    ['type=semver,pattern={{version}},match=^app/v(.*)$', gitTag('app/v1.5.0'), '1.5.0 latest'],
    ['type=semver,pattern={{version}},match=other-(.*)', gitTag('v1.2.3'), '1.2.3 latest'],
    ['type=semver,pattern={{version}}+x', gitTag('v1.2.3+build.5'), '1.2.3-x latest'],
    [
      'type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{major}}',
      gitTag('v1.2.3'),
      '1.2.3 1.2 1 latest',
    ],
  ]);
});

describe('type=pep440', () => {
  table([
    ['type=pep440,pattern={{version}}', gitTag('1.2.3'), '1.2.3 latest'],
    ['type=pep440,pattern={{version}}', gitTag('v1.2.3'), '1.2.3 latest'],
    ['type=pep440,pattern={{raw}}', gitTag('v1.2.3'), 'v1.2.3 latest'],
    ['type=pep440,pattern={{major}}.{{minor}}', gitTag('v1.2.3'), '1.2 latest'],
    ['type=pep440,pattern=v{{major}}', gitTag('v1.2.3'), 'v1 latest'],
    ['type=pep440,pattern={{version}}', gitTag('v1.2.3rc2'), '1.2.3rc2'],
    ['type=pep440,pattern={{major}}.{{minor}}', gitTag('v1.2.3rc2'), '1.2.3rc2'],
    ['type=pep440,pattern={{major}}', gitTag('1.2.3.post1'), '1.2.3.post1'],
    ['type=pep440,pattern={{raw}}', gitTag('1.2.3dev2'), '1.2.3dev2'],
    ['type=pep440,pattern={{major}}.{{minor}}', gitTag('v0.30.0.dev1'), '0.30.0.dev1'],
    ['type=pep440,pattern={{version}}', gitTag('nope'), ''],
    ['type=pep440,pattern={{version}},match=app-(.*)', gitTag('app-1.2'), '1.2 latest'],
  ]);
});

describe('type=match', () => {
  table([
    ['type=match,pattern=\\d.\\d.\\d', gitTag('v1.2.3'), '1.2.3 latest'],
    ['type=match,pattern=v(.*),group=1', gitTag('v2.0.8-beta.67'), '2.0.8-beta.67 latest'],
    ['type=match,pattern=v(\\d.\\d),group=1', gitTag('v2.0.8-beta.67'), '2.0 latest'],
    ['type=match,pattern=\\d+', gitTag('20200110-RC2'), '20200110 latest'],
    ['type=match,pattern=p1/v(\\d.\\d.\\d),group=1', gitTag('p1/v1.2.3'), '1.2.3 latest'],
    ['type=match,pattern=/V(.*)/i,group=1', gitTag('v9'), '9 latest'],
    ['type=match,pattern=v(.*),group=3', gitTag('v9'), ''],
    ['type=match,pattern=v(.*)', push, ''],
    ['type=match,pattern=v(.*),group=1,value=v7.1', push, '7.1 latest'],
    ['type=match,"pattern=\\d{1,2}"', gitTag('v10'), '10 latest'],
    ['"type=match,""pattern=\\d{1,2}"""', gitTag('v10'), '10 latest'],
  ]);
});

describe('type=edge, ref, raw, sha, schedule', () => {
  table([
    ['type=edge', push, 'edge'],
    ['type=edge', tagEvent({ ref: 'refs/heads/dev' }), ''],
    ['type=edge,branch=dev', tagEvent({ ref: 'refs/heads/dev' }), 'edge'],
    ['type=edge', gitTag('v1'), ''],
    ['type=ref,event=branch', pullRequest, ''],
    ['type=ref,event=pr', pullRequest, 'pr-42'],
    ['type=ref,event=pr,prefix=', pullRequest, '42'],
    ['type=ref,event=pr,prefix=mr-,suffix=-x', pullRequest, 'mr-42-x'],
    ['foo', push, 'foo'],
    ['type=raw,value=foo,enable=false', push, ''],
    ['type=raw,value=foo,enable={{is_default_branch}}', push, 'foo'],
    ['type=raw,value=foo,enable={{is_not_default_branch}}', push, ''],
    ['type=raw,value={{branch}}-{{sha}}', push, 'main-860c190'],
    ['type=raw,value={{tag}}', gitTag('v1/2'), 'v1-2'],
    ['type=raw,value={{base_ref}}', pullRequest, 'main'],
    ["type=raw,value={{date 'YYYYMMDD'}}", push, '20261123'],
    ["type=raw,value={{date 'YYYYMMDD-HHmm' tz='Asia/Tokyo'}}", push, '20261124-0730'],
    ["type=raw,value={{commit_date 'YYYY.MM.DD'}}", push, '2026.11.20'],
    ['type=raw,value={{branch}}', gitTag('v1'), ''],
    ['type=sha', push, 'sha-860c190'],
    ['type=sha,format=long,prefix=', push, '860c1904a1ce19322e91ac35af1ab07466440c37'],
    ['type=schedule', push, ''],
    ["type=schedule,pattern={{date 'YYYYMMDD'}}", nightly, '20261123'],
    ['type=raw,value=a\ntype=sha\ntype=ref,event=branch', push, 'main a sha-860c190'],
    ['type=raw,value=a,priority=10\ntype=raw,value=b,priority=20', push, 'b a'],
    ['type=raw,value=a\ntype=raw,value=a', push, 'a'],
  ]);
});

describe('the flavor', () => {
  table([
    ['type=ref,event=branch', push, 'main latest', 'latest=true'],
    ['type=semver,pattern={{version}}', gitTag('v1.2.3'), '1.2.3', 'latest=false'],
    ['type=ref,event=branch\ntype=raw,value=a,prefix=', push, 'x-main a', 'prefix=x-'],
    ['type=ref,event=branch\ntype=sha', push, 'main-x sha-860c190-x', 'suffix=-x'],
    ['type=ref,event=tag', gitTag('v1'), 'x-v1-y x-latest', 'prefix=x-,onlatest=true\nsuffix=-y'],
    ['type=ref,event=tag', gitTag('v1'), 'v1-y latest-y', 'suffix=-y,onlatest=true'],
    [
      'type=ref,event=tag',
      gitTag('v1'),
      '860c190-v1 860c190-latest',
      'prefix={{sha}}-,onlatest=true',
    ],
    // The first tag decides about latest.
    [
      'type=raw,value=a,priority=1000\ntype=semver,pattern={{version}}',
      gitTag('v1.2.3'),
      'a 1.2.3',
    ],
  ]);
});
