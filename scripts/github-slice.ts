/**
 * Cuts GitHub's own description of its REST API down to the operations that Shiplock uses; with `--check` it writes nothing and fails
 * on a difference. The tests' GitHub (test/support/fake-github) judges every request by the result.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where GitHub publishes the description. It is fetched when it is needed: installed it takes 385 MB. */
const source = { name: '@octokit/openapi', version: '23.0.2' };
const described = 'package/generated/api.github.com.json';

/** Everything that a Shiplock action asks of GitHub. A new question begins with a line here, and `npm run github-slice`. */
export const operations = [
  'actions/list-jobs-for-workflow-run',
  'actions/list-workflow-runs-for-repo',
  'checks/list-for-ref',
  'code-scanning/get-sarif',
  'code-scanning/upload-sarif',
  'git/list-matching-refs',
  'issues/create-comment',
  'issues/list-comments',
  'issues/update-comment',
  'repos/create-commit-status',
  'repos/get',
  'repos/get-commit',
  'repos/get-content',
  'repos/list-commit-statuses-for-ref',
];

export const slicePath = new URL('../test/fixtures/github/openapi.json', import.meta.url);

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// What people read: the slice is for a program. Media types other than JSON are told apart by nobody.
const prose = new Set([
  'description',
  'summary',
  'externalDocs',
  'tags',
  'title',
  'deprecated',
  'headers',
]);

function fetchDescription(): Json {
  const folder = mkdtempSync(join(tmpdir(), 'github-slice-'));
  try {
    const pack = ['pack', '--silent', '--pack-destination', folder];
    const options = { encoding: 'utf8' } as const;
    const file = execFileSync('npm', [...pack, `${source.name}@${source.version}`], options);
    execFileSync('tar', ['-xzf', join(folder, file.trim()), '-C', folder, described]);
    return JSON.parse(readFileSync(join(folder, described), 'utf8')) as Json;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The text of the slice, as it is committed. */
function githubSlice(whole: Json): string {
  const paths: Record<string, Json> = {};
  for (const [path, item] of Object.entries(whole['paths'] as Json))
    for (const [method, operation] of Object.entries(item as Json))
      if (isObject(operation) && operations.includes(String(operation['operationId'])))
        paths[path] = { ...paths[path], [method]: cut(operation, whole) };
  const components: Record<string, Record<string, unknown>> = {};
  gather(paths, whole, components);
  const info = { title: `A part of ${source.name}`, version: source.version };
  const slice = {
    openapi: whole['openapi'],
    info,
    paths: sorted(paths),
    components: sorted(components),
  };
  return `${JSON.stringify(slice, null, 1)}\n`;
}

/** One operation: what may be asked, and what a success answers. */
function cut({ operationId, parameters, requestBody, responses }: Json, whole: Json): Json {
  const answers = Object.entries(responses as Json).filter(([status]) => status.startsWith('2'));
  const body = isObject(requestBody)
    ? { requestBody: close(inline(plain(requestBody), whole)) }
    : {};
  return {
    operationId,
    parameters: plain(parameters),
    ...body,
    responses: plain(Object.fromEntries(answers)),
  };
}

/** Without prose. In `properties` every key is a name. */
function plain(value: unknown, names = false): unknown {
  if (Array.isArray(value)) return value.map((one) => plain(one));
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key, one]) => names || !isProse(key, one));
  return Object.fromEntries(kept.map(([key, one]) => [key, names ? plain(one) : part(key, one)]));
}

function part(key: string, value: unknown): unknown {
  if (key === 'examples') return firstExample(value);
  // An example, or words that may be said: data, in which no key means anything.
  return key === 'value' || key === 'enum' ? value : plain(value, key === 'properties');
}

const isProse = (key: string, value: unknown): boolean =>
  prose.has(key) || (key.startsWith('x-') && key !== 'x-multi-segment') || isExample(key, value);

/** Of a property; those of an answer are a map, and stay. */
const isExample = (key: string, value: unknown): boolean =>
  key === 'example' || (key === 'examples' && !isObject(value));

const firstExample = (examples: unknown): Json =>
  Object.fromEntries(Object.entries(examples as Json).slice(0, 1));

/** An object that lists its properties takes no other: a key that GitHub would ignore is a mistake. */
function close(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => close(one));
  if (!isObject(value)) return value;
  const { properties, additionalProperties } = value;
  if (isObject(properties)) {
    const inside = Object.entries(properties).map(([name, one]) => [name, close(one)] as const);
    // Its alternatives (oneOf …) only say which of the properties go together.
    return {
      ...value,
      properties: Object.fromEntries(inside),
      additionalProperties: additionalProperties ?? false,
    };
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, key === 'examples' ? one : close(one)]),
  );
}

/** With what it refers to in place: parts that answers have too stay open there. */
function inline(value: unknown, whole: Json): unknown {
  if (Array.isArray(value)) return value.map((one) => inline(one, whole));
  if (!isObject(value)) return value;
  if (typeof value['$ref'] === 'string') return inline(plain(partOf(whole, value['$ref'])), whole);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inline(one, whole)]));
}

function partOf(whole: Json, reference: string): unknown {
  const [, , kind = '', name = ''] = reference.split('/');
  return ((whole['components'] as Json)[kind] as Json)[name];
}

/** Takes along what is referred to, and what that refers to. */
function gather(value: unknown, whole: Json, found: Record<string, Record<string, unknown>>): void {
  if (Array.isArray(value)) value.forEach((one) => gather(one, whole, found));
  if (!isObject(value)) return;
  const { $ref: reference } = value;
  if (typeof reference === 'string') {
    const [, , kind = '', name = ''] = reference.split('/');
    const kinds = (found[kind] ??= {});
    if (name in kinds) return;
    const part = partOf(whole, reference);
    kinds[name] = kind === 'examples' ? part : plain(part);
    gather(kinds[name], whole, found);
  } else Object.values(value).forEach((one) => gather(one, whole, found));
}

const sorted = (value: Json): Json =>
  Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, one]) => [key, isObject(one) ? sorted(one) : one]),
  );

function main([flag]: readonly string[]): void {
  const text = githubSlice(fetchDescription());
  if (flag !== '--check') {
    writeFileSync(slicePath, text);
    return;
  }
  if (readFileSync(slicePath, 'utf8') === text) return;
  console.error(
    'test/fixtures/github/openapi.json is not as generated. Run `npm run github-slice`.',
  );
  process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main(process.argv.slice(2));
