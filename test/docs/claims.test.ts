import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { contract } from '../../src/actions/deploy/contract';
import { notYetSupported } from '../../src/config/schema';
import { codeSpans, repository, textOf, trackedFiles } from '../support/pages';

/** The code spans in the first cell of every row of the tables in a text. */
function firstCells(text: string): string[] {
  const rows = text.split('\n').filter((line) => line.startsWith('| `'));
  return rows.flatMap((row) => codeSpans(row.split(' | ')[0] ?? ''));
}

function section(page: string, heading: string): string {
  const [, rest = ''] = textOf(page).split(`\n## ${heading}\n`);
  return rest.split('\n## ')[0] ?? '';
}

describe('every package is told with its reason, and none that is not there', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
    textOf('package.json'),
  ) as Record<string, Record<string, string>>;

  test('what the actions carry', () => {
    const told = firstCells(section('README.md', 'What it is made of'));
    const packages = told.filter((name) => !name.endsWith('/'));
    expect(packages.sort()).toEqual(Object.keys(dependencies ?? {}).sort());
  });

  test('what developers need', () => {
    const told = firstCells(section('CONTRIBUTING.md', 'Development packages'));
    const packages = { ...devDependencies, ...optionalDependencies };
    expect(told.sort()).toEqual(Object.keys(packages).sort());
  });
});

test('every folder of the sources has its row among the layers', () => {
  const folders = readdirSync(`${repository}src`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `src/${name}`);
  const told = firstCells(section('docs/architecture.md', 'Layers'));
  expect(told.map((name) => name.replace('/<x>', '')).sort()).toEqual(folders.sort());
});

test('every verdict has its row', () => {
  const verdicts = /^([\w-]+(?: \| [\w-]+)*)$/
    .exec(contract.outputs.verdict.kind)?.[1]
    ?.split(' | ');
  const [, ...told] = firstCells(section('README.md', 'How it ends'));
  expect(told.sort()).toEqual(verdicts?.sort());
});

test('keys that are not supported yet are told', () => {
  const told = codeSpans(section('docs/configuration.md', 'Not yet'));
  expect(told.map((key) => key.replace('<name>', '*')).sort()).toEqual(
    Object.keys(notYetSupported).sort(),
  );
});

describe('troubleshooting names messages that the sources have', () => {
  const sources = trackedFiles()
    .filter((path) => path.startsWith('src/'))
    .map(textOf)
    .join('\n');
  const tables = textOf('docs/troubleshooting.md').split('\n## The connection\n')[1] ?? '';
  const messages = firstCells(tables);

  test('there are many', () => {
    expect(messages.length).toBeGreaterThan(40);
  });

  test.each(messages)('%s', (message) => {
    const parts = message.split('…').map((part) => part.trim());
    for (const part of parts.filter((part) => part !== '')) expect(sources).toContain(part);
  });
});

test('every silent failure of backups names a test that there is', () => {
  const rows = textOf('docs/silent-failures.md').match(/^\| \d+ +\|.*$/gm) ?? [];
  expect(rows.map((row) => Number(row.split('|')[1]))).toEqual(
    [...Array(18).keys()].map((n) => n + 1),
  );
  for (const row of rows) {
    const tests = codeSpans(row.split('|').at(-2) ?? '');
    expect(tests).not.toEqual([]);
    expect(trackedFiles()).toEqual(expect.arrayContaining([...tests]));
  }
});

test('the pinned Node image of the keeper is the one that is told', () => {
  const image = /node:24-alpine@sha256:[0-9a-f]{64}/.exec(textOf('src/wiring/release-run.ts'))?.[0];
  expect(textOf('docs/architecture.md')).toContain(image ?? 'an image by digest');
});
