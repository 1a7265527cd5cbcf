import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { outputOf } from '../support/run-command';

interface Finding {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

const folder = mkdtempSync(join(tmpdir(), 'shiplock-language-service-'));
const program = join(folder, 'language-service.mjs');

beforeAll(async () => {
  await build({
    entryPoints: ['test/support/language-service.ts'],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
    // One of its packages is CommonJS and asks for Node's modules by `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
}, 60_000);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function findings(files: readonly string[]): Promise<Finding[]> {
  return JSON.parse(await outputOf([process.execPath, program, '.', ...files])) as Finding[];
}

/** What is found in one file of these lines. */
async function findingsIn(name: string, lines: readonly string[]): Promise<string[]> {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${lines.join('\n')}\n`);
  return (await findings([file])).map(({ line, message }) => `${line}: ${message}`);
}

const workflows = ['workflows-examples', '.github/workflows'].flatMap((path) =>
  readdirSync(path).map((name) => join(path, name)),
);
const actions = readdirSync('actions').map((name) => join('actions', name, 'action.yml'));

describe("GitHub's language service", () => {
  test('finds nothing in our workflows and actions', async () => {
    expect(workflows).toContain('workflows-examples/release.yml');
    expect(actions).toContain('actions/deploy/action.yml');
    expect(await findings([...workflows, ...actions])).toEqual([]);
  });

  test('would find what is wrong in a workflow, our own inputs included', async () => {
    const found = await findingsIn('bad.yml', [
      'name: bad',
      'on: { push: { branchez: [main] } }',
      'permissions: { content: read }',
      'jobs:',
      '  a:',
      '    runs-on: ubuntu-latest',
      '    steps:',
      '      - uses: shiplock/shiplock/actions/deploy@v0',
      "        with: { ssh-keys: x, env: '${{ nope.x }}' }",
      '      - uses: shiplock/shiplock/actions/depoly@v0',
      '      - uses: somebody/else@v1',
    ]);
    expect(found.sort()).toEqual([
      expect.stringContaining('10: Unable to resolve action'),
      expect.stringContaining('11: Unable to resolve action'),
      "2: Unexpected value 'branchez'",
      "3: Unexpected value 'content'",
      "9: Invalid action input 'ssh-keys'",
      "9: Unrecognized named-value: 'nope'",
    ]);
  });

  test('would find what is wrong in an action.yml', async () => {
    const found = await findingsIn('bad/action.yml', [
      'name: bad',
      'branding: { color: pink }',
      'ouputs: {}',
      'runs: { using: node24 }',
    ]);
    expect(found.sort()).toEqual([
      '1: Required property is missing: description',
      "2: Unexpected value 'pink'",
      "3: Unexpected value 'ouputs'",
      "4: 'main' is required for Node.js actions (using: node24)",
    ]);
  });
});
