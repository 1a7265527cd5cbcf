import { describe, expect, test } from '@jest/globals';
import { readGithubFacts } from '../../../src/platform/github/github-facts';
import { readEventPayload } from '../../../src/platform/github/github-event';
import { chooseTags, draftTags } from '../../../src/domain/tags/choose-tags';
import { readFlavor } from '../../../src/domain/tags/flavor';
import { readRules } from '../../../src/domain/tags/read-rules';
import { readTagEvent } from '../../../src/transactions/tags/read-tag-event';
import {
  webhookEvent,
  without,
  type EventName,
  type WorkflowEvent,
} from '../../support/webhook-events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The event as a step reads it: from the runner's variables and its file. Nothing else can be asked. */
async function read(given: WorkflowEvent, texts = '', prHeadSha = false) {
  const folder = mkdtempSync(join(tmpdir(), 'shiplock-event-'));
  try {
    const path = join(folder, 'event.json');
    writeFileSync(path, JSON.stringify(given.event.payload));
    const environment = {
      GITHUB_EVENT_PATH: path,
      GITHUB_EVENT_NAME: given.event.name,
      GITHUB_REF: given.ref,
      GITHUB_SHA: given.sha,
      GITHUB_REPOSITORY: 'octo-org/octo-repo',
    };
    const nobody = () => Promise.reject(new Error('the payload is enough'));
    return await readTagEvent(
      {
        env: readGithubFacts(environment),
        payload: readEventPayload(environment),
        clone: () => Promise.resolve(null),
        github: { repository: nobody, commitDate: nobody },
        now: new Date('2026-11-23T22:30:00Z'),
        warn: (text) => {
          throw new Error(text);
        },
      },
      { context: 'workflow', prHeadSha, shortSha: 7, texts },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function tagsOf(given: WorkflowEvent, rules: string, prHeadSha = false): Promise<string> {
  const { rules: asked } = readRules(rules);
  const event = await read(given, rules, prHeadSha);
  return chooseTags(draftTags(asked, readFlavor('').flavor, event), null).tags.join(' ');
}

const everyRef = 'type=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr';
const expressions =
  "type=raw,value={{branch}}_{{tag}}_{{base_ref}}_{{is_default_branch}}_{{date 'YYYY'}}";

type Row = readonly [
  name: EventName,
  byDefault: string,
  refs: string,
  sha: string,
  edge: string,
  text: string,
];

// Without rules, of the ref, of the commit, of the default branch, and of expressions.
describe('the tags of each event', () => {
  test.each<Row>([
    ['push', 'master', 'master', 'sha-6113728', 'edge', 'master___true_2026'],
    [
      'push of a tag',
      'simple-tag latest',
      'simple-tag latest',
      'sha-6113728',
      '',
      '_simple-tag__false_2026',
    ],
    ['pull_request', 'pr-2', 'pr-2', 'sha-ffac537', '', '__master_false_2026'],
    ['pull_request_target', 'pr-2', 'pr-2', 'sha-f95f852', '', '__master_false_2026'],
    [
      'merge_group',
      'gh-readonly-queue-main-pr-104-929f8209d40f77f4abc622a499c93a83babdbe64',
      'gh-readonly-queue-main-pr-104-929f8209d40f77f4abc622a499c93a83babdbe64',
      'sha-2ffea6d',
      '',
      'gh-readonly-queue-main-pr-104-929f8209d40f77f4abc622a499c93a83babdbe64___false_2026',
    ],
    ['workflow_run', 'main', 'main', 'sha-ffac537', 'edge', 'main___true_2026'],
    ['schedule', 'nightly main', 'main', 'sha-ffac537', 'edge', 'main___true_2026'],
    ['workflow_dispatch', 'main', 'main', 'sha-ffac537', 'edge', 'main___true_2026'],
    ['release', '0.0.1 latest', '0.0.1 latest', 'sha-ffac537', '', '_0.0.1__false_2026'],
  ])('%s: %s', async (name, byDefault, refs, sha, edge, text) => {
    const given = webhookEvent(name);
    expect(await tagsOf(given, '')).toBe(byDefault);
    expect(await tagsOf(given, everyRef)).toBe(refs);
    expect(await tagsOf(given, 'type=sha')).toBe(sha);
    expect(await tagsOf(given, 'type=edge')).toBe(edge);
    expect(await tagsOf(given, expressions)).toBe(text);
  });

  test.each(['pull_request', 'pull_request_target'] as const)(
    '%s with pr-head-sha: that of its head',
    async (name) => {
      expect(await tagsOf(webhookEvent(name), 'type=sha', true)).toBe('sha-ec26c3e');
    },
  );

  test('push: the date of the commit is told by the payload', async () => {
    expect(await tagsOf(webhookEvent('push'), "type=raw,value={{commit_date 'YYYYMMDD'}}")).toBe(
      '20190515',
    );
  });

  test('labels have what the payload says of the repository', async () => {
    const { repository } = await read(webhookEvent('push'));
    expect(repository).toEqual({
      name: 'Hello-World',
      description: '',
      url: 'https://github.com/Codertocat/Hello-World',
      defaultBranch: 'master',
      license: '',
    });
  });
});

describe('a payload without what the rules speak of is refused, by name', () => {
  test.each([
    ['pull_request_target', 'number', 'type=ref,event=pr', false],
    ['pull_request', 'pull_request.head.sha', 'type=sha', true],
    ['pull_request', 'pull_request.base.ref', 'type=raw,value={{base_ref}}', false],
    ['pull_request_target', 'pull_request.base', 'type=raw,value={{base_ref}}', false],
  ] as const)('%s without %s', async (name, path, rules, prHeadSha) => {
    const cut = without(webhookEvent(name), path);
    await expect(tagsOf(cut, rules, prHeadSha)).rejects.toThrow(
      `the event ${name}: 1 problem\n  - ${path}`,
    );
  });

  test('all of it at once', async () => {
    const nothing = { event: { name: 'pull_request_target', payload: {} }, ref: '', sha: '' };
    const problems =
      /5 problems\n.*GITHUB_REF.*\n.*GITHUB_SHA.*\n.*number.*\n.*head\.sha.*\n.*base\.ref/;
    await expect(tagsOf(nothing, 'type=raw,value={{base_ref}}', true)).rejects.toThrow(problems);
  });

  test('where the rules do not speak of it the tags come out', async () => {
    const cut = without(
      without(webhookEvent('pull_request'), 'pull_request.base'),
      'pull_request.head',
    );
    expect(await tagsOf(cut, 'type=ref,event=pr')).toBe('pr-2');
  });
});

describe('a payload that is no JSON object', () => {
  test.each(['', '{', '[]', '"text"', 'null'])('is refused: %j', (text) => {
    const folder = mkdtempSync(join(tmpdir(), 'shiplock-event-'));
    try {
      const path = join(folder, 'event.json');
      writeFileSync(path, text);
      expect(() => readEventPayload({ GITHUB_EVENT_PATH: path })).toThrow(
        `the payload of the event is no JSON object in ${path}`,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('is none where there is no event', () => {
    expect(readEventPayload({})).toEqual({});
    expect(() => readEventPayload({ GITHUB_EVENT_PATH: '/nowhere/event.json' })).toThrow('ENOENT');
  });
});
