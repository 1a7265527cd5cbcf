import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { contract as backup } from '../../src/actions/backup/contract';
import { contract as deploy } from '../../src/actions/deploy/contract';
import { contract as imageTags } from '../../src/actions/image-tags/contract';
import { contract as mergeGate } from '../../src/actions/merge-gate/contract';
import { contract as rollback } from '../../src/actions/rollback/contract';
import { contract as scanGate } from '../../src/actions/scan-gate/contract';
import { configSchema } from '../../src/config/schema';
import { loadConfig } from '../../src/config/load';
import { loadScan } from '../../src/config/load-scan';
import { codeSpans, pages, repository, textOf, trackedFiles, type Page } from '../support/pages';

const all = pages();
const files = trackedFiles();

/** The anchors that GitHub makes of headings. */
function anchorsOf(text: string): string[] {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title);
  const plain = (title: string): string =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
  return headings.map(plain);
}

function brokenLinks({ path, prose }: Page): string[] {
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => {
    if (/^https?:/.test(target)) return false;
    const [file = '', anchor] = target.split('#');
    const wanted = file === '' ? path : normalize(join(dirname(path), file)).replace(/\/$/, '');
    if (!existsSync(repository + wanted)) return true;
    return anchor !== undefined && !anchorsOf(textOf(wanted)).includes(anchor);
  });
}

test('the documentation is where readers look for it', () => {
  expect(all.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      'README.md',
      'CONTRIBUTING.md',
      'docs/adopt.md',
      'docs/architecture.md',
      'docs/ci.md',
      'docs/configuration.md',
      'docs/docker.md',
      'docs/first-release.md',
      'docs/security.md',
      'docs/troubleshooting.md',
    ]),
  );
});

describe.each(all.map((page) => [page.path, page] as const))('%s', (_path, page) => {
  test('has no broken link', () => {
    expect(brokenLinks(page)).toEqual([]);
  });

  test('names files that exist', () => {
    const folders =
      /^(?:\.github|actions|bin|demo|docs|schema|scripts|src|test|workflows-examples)\//;
    const named = codeSpans(page.prose).filter(
      (span) => /^[\w./-]+$/.test(span) && folders.test(span),
    );
    expect(named.filter((path) => !existsSync(repository + path))).toEqual([]);
  });

  test('names source files that exist, also by their name alone', () => {
    const named = codeSpans(page.prose).filter((span) => /^[\w./-]+\.ts$/.test(span));
    const unknown = named.filter((name) => !files.some((path) => `/${path}`.endsWith(`/${name}`)));
    expect(unknown).toEqual([]);
  });

  test('names commands that package.json has', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const named = [...page.text.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

const examples = all.flatMap(({ path, blocks }) =>
  blocks.filter(({ language }) => language === 'yaml').map(({ code }) => ({ path, code })),
);

const configs = examples.filter(({ code }) => code.startsWith('app:'));

test('shiplock.yml is shown in README and reference', () => {
  expect(configs.map(({ path }) => path)).toEqual([
    'README.md',
    'docs/adopt.md',
    'docs/configuration.md',
  ]);
});

test.each(configs)('the shiplock.yml of $path is a good one', ({ path, code }) => {
  const { environments } = configSchema.parse(parse(code));
  for (const environment of Object.keys(environments)) {
    expect(loadConfig(code, { file: path, environment })).toMatchObject({ environment });
  }
});

const scans = examples.filter(({ code }) => code.startsWith('scan:'));

test.each(scans)('the policy of $path is a good one', ({ path, code }) => {
  const none = { failOn: {}, named: [], warnOn: {}, ignoreUnfixed: null, maxImageSize: null };
  expect(loadScan(code, path, none).ignores).not.toEqual([]);
});

test('a policy is shown', () => {
  expect(scans.map(({ path }) => path)).toEqual(['docs/scan-gate.md']);
});

interface Step {
  readonly uses?: string;
  readonly with?: Record<string, unknown>;
}

/** Steps anywhere in a workflow, or in a part of one. */
function stepsIn(value: unknown): Step[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(stepsIn);
  return 'uses' in value ? [value as Step, ...inner] : inner;
}

const contracts = {
  backup,
  deploy,
  rollback,
  'image-tags': imageTags,
  'merge-gate': mergeGate,
  'scan-gate': scanGate,
};

test.each(examples.filter(({ code }) => code.includes('shiplock/shiplock/actions/')))(
  'the steps that $path shows have inputs that the action knows',
  ({ code }) => {
    const steps = stepsIn(parse(code)).filter(({ uses = '' }) => uses.startsWith('shiplock/'));
    expect(steps).not.toEqual([]);
    for (const { uses = '', with: inputs = {} } of steps) {
      const name = /actions\/([\w-]+)@/.exec(uses)?.[1] as keyof typeof contracts;
      expect(Object.keys(contracts[name].inputs)).toEqual(
        expect.arrayContaining(Object.keys(inputs)),
      );
      if ('known-hosts' in contracts[name].inputs) expect(inputs).toHaveProperty('known-hosts');
    }
  },
);
