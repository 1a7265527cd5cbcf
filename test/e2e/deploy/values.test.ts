import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { seedOfRun } from '../../support/release/chance';
import { unsettled } from '../../support/release/settled';
import { openSite, type Site } from '../../support/release/site';

let site: Site<'v1' | 'v2'>;

beforeAll(async () => {
  site = await openSite({ name: 'values', versions: { v1: {}, v2: {} } });
}, 600_000);

afterAll(() => site.close());

/** What the running container has in its environment. */
const environmentNow = async (): Promise<Record<string, string>> =>
  (await (await fetch(`${site.origin}/environment`)).json()) as Record<string, string>;

const chosen: Record<string, string> = {
  QUOTES: `it's "quoted" \`twice\``,
  DOLLARS: '$HOME ${HOME} $$ $(id) ${',
  SLASHES: String.raw`C:\new\table \\ \" \$ /`,
  BLANKS: 'two  blanks\tand a tab',
  HASH: 'before # after #',
  EQUALS: 'a=b==c=',
  GLOB: '* ? [a-z] {a,b} ~ !!',
  SHELL: '; rm -rf / & | > < &&',
  YAML: '- {a: b}, [c]: "d" !!binary & *anchor %',
  UNICODE: 'Fähre ⛴ 船 \u202e\u00a0',
  PERCENT: '%0A %s %% ::set-output name=x::y',
  JSON: '{"a":"b\\n","c":[1]}',
};

test('values reach the container as they were given', async () => {
  const seed = seedOfRun();
  console.log(`SEED=${seed} repeats these values`);
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
  const fuzzed = fc
    .sample(text, { numRuns: 60, seed })
    // One line a value is the input's own rule, and blanks around it are cut.
    .map((value) => value.replace(/[\0\r\n\u0085\u2028\u2029\ud800-\udfff]/g, '').trim())
    .filter((value) => value !== '')
    .map((value, index) => [`FUZZ_${index}`, value] as const);
  const given = { ...chosen, ...Object.fromEntries(fuzzed) };
  const env = Object.entries(given).map(([name, value]) => `${name}=${value}`);
  await site.arrive('v1', { env: env.join('\n') });
  expect(await environmentNow()).toMatchObject(given);
});

/** Quotes, blanks, an expansion, a percent sign, a semicolon and a colon; the `$` as a compose file has it. */
const odd = `it's "$(id)" 100%; a`;
const escaped = odd.replace('$', '$$$$');
const lines = `first line\n"second" \`line\` $HOME $(id)\n\n-last\n`;

test('names that a shell would take apart: of folder, compose file and files, and values of many lines', async () => {
  const folder = `/srv/it's my "dinghy" $(id); #1`;
  const compose = `deploy/-it's a 'file' $(id).yml`;
  await mkdir(join(site.workspace, 'deploy', odd), { recursive: true });
  await writeFile(join(site.workspace, 'deploy', odd, `-${odd}.txt`), 'ahoy\n');
  const document = parse(await readFile(join(site.workspace, 'docker-compose.yml'), 'utf8')) as {
    services: Record<string, object>;
  };
  Object.assign(document.services['web'] ?? {}, {
    environment: { LINES: lines.replaceAll('$', '$$$$') },
    volumes: [
      { type: 'bind', source: `./${escaped}`, target: `/mnt/${escaped}`, read_only: true },
      { type: 'bind', source: './own', target: '/mnt/own', read_only: true },
    ],
  });
  await writeFile(join(site.workspace, compose), JSON.stringify(document));
  await site.server.exec(['cp', '-a', '/srv/dinghy', folder]);
  await site.server.writeFile(`${folder}/own/note`, 'of the server\n', '644');
  await site.server.docker(['rm', '-f', 'dinghy-nginx-1', 'dinghy-store-1']);
  await site.configure({ directory: folder, project: 'dinghy', compose, files: [`deploy/${odd}`] });
  await site.arrive('v2');
  expect(await site.serving()).toBe('v2');
  expect(await environmentNow()).toMatchObject({ LINES: lines });
  const web = 'dinghy-production-green-dinghy-production-green-web-1';
  const inWeb = (path: string) => site.server.docker(['exec', web, 'cat', path]);
  expect(await inWeb(`/mnt/${odd}/-${odd}.txt`)).toBe('ahoy');
  expect(await inWeb('/mnt/own/note')).toBe('of the server');
  await site.server.exec(['rm', '-rf', '/srv/dinghy']);
  await site.server.exec(['ln', '-s', folder, '/srv/dinghy']);
  expect(await unsettled(site, 'v2')).toEqual([]);
});
