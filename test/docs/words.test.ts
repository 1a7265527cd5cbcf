import { describe, expect, test } from '@jest/globals';
import { textOf, trackedFiles } from '../support/pages';

// The words of others: packages' licences, and GitHub's own description of its API.
const foreign = ['package-lock.json', 'test/fixtures/github/openapi.json'];
const texts = trackedFiles()
  .filter((path) => !foreign.includes(path))
  .map((path) => ({ path, text: textOf(path) }));

const found = (pattern: RegExp, among = texts): string[] =>
  among.flatMap(({ path, text }) => (text.match(pattern) ?? []).map((hit) => `${path}: ${hit}`));

/** Names that never lead anywhere, those for examples, and the few real ones that texts and code have reason to name. */
const reserved = /(?:^|\.)(?:example|test|invalid|localhost|example\.(?:com|org|net))$/;
const known = [
  'api.github.com',
  'distribution.github.io',
  'docs.aws.amazon.com',
  'docs.docker.com',
  'docs.github.com',
  'github.com',
  'go.dev',
  'index.docker.io',
  'json-schema.org',
  'json.schemastore.org',
  'nodejs.org',
  'peps.python.org',
  'registry-1.docker.io',
  'restic.readthedocs.io',
  'semver.org',
  'www.githubstatus.com',
];

test('every address leads to a host that is known, so nothing depends on a mirror of one machine', () => {
  const hosts = found(/https?:\/\/[\w.-]+/g).filter((hit) => {
    const host = hit.slice(hit.lastIndexOf('/') + 1).toLowerCase();
    const isName = host.includes('.') && !/^[\d.]+$/.test(host);
    return isName && !reserved.test(host) && !known.includes(host);
  });
  expect(hosts).toEqual([]);
});

test('the lock file names no place to download from, so that every machine uses its own', () => {
  expect(textOf('package-lock.json')).not.toContain('"resolved"');
});

// A class of one letter keeps a pattern from finding itself.
describe.each([
  ['paths of one machine', /(?<![\w.*])\/(?:wor[k]|tmp\/[w])\/\w*/g],
  ['tickets that readers cannot open', /\b(?:issue|ticket|task) #?\d+\b|\bsession \d+/gi],
  [
    'words about the writing instead of the thing',
    /\bassis[t]ant\w*|\bsub-?agen[t]s?\b|\bthe brie[f]\b/gi,
  ],
])('no %s', (_what, pattern) => {
  test('anywhere', () => {
    expect(found(pattern)).toEqual([]);
  });
});

// Tests may make servers that only they know.
const published = texts.filter(({ path }) => !path.startsWith('test/'));

describe.each([
  [
    'host keys that are taken over the network, or not checked',
    /ssh-keyscan|StrictHostKeyChecking/g,
  ],
  // In quotes it is the name of an event that an action reads.
  ['workflows that forks can start with secrets', /(?<!')pull_request_target(?!')/g],
])('no %s', (_what, pattern) => {
  test('in sources, workflows and documentation', () => {
    expect(found(pattern, published)).toEqual([]);
  });
});
