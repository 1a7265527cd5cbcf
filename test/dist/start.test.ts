import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { node24 } from '../support/node24';

const folder = mkdtempSync(join(tmpdir(), 'shiplock-dist-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function start(program: string, env: Record<string, string>): SpawnSyncReturns<string> {
  return spawnSync(node24(), [program], { cwd: folder, env, encoding: 'utf8', timeout: 30_000 });
}

// An input of each action, and what it cannot be.
const bad: Readonly<Record<string, readonly [input: string, text: string]>> = {
  backup: ['mode', 'soon'],
  deploy: ['bake', 'soon'],
  rollback: ['bake', 'soon'],
  'image-tags': ['context', 'nowhere'],
  'merge-gate': ['timeout', 'soon'],
  'scan-gate': ['max-db-age', 'soon'],
};

describe.each(readdirSync('src/actions'))('dist/%s', (name) => {
  test('starts from any folder, reads its inputs and refuses a bad one', () => {
    const program = join(process.cwd(), 'dist', name, 'index.js');
    const [input = '', text = ''] = bad[name] ?? [];
    const inputs = { 'INPUT_KNOWN-HOSTS': '', [`INPUT_${input.toUpperCase()}`]: text };
    const { status, stdout, stderr } = start(program, inputs);
    expect(stderr).toBe('');
    expect(stdout).toContain(
      `::error title=Shiplock ${name}::One input cannot be used:%0A- ${input}: "${text}"`,
    );
    expect(status).toBe(3);
  });

  test('holds the program, its licences and the word that it is an ES module', () => {
    // What is loaded only when it is needed lies in numbered files.
    const files = readdirSync(join('dist', name)).filter((file) => !/^\d+\.index\.js$/.test(file));
    expect(files).toEqual(['index.js', 'licenses.txt', 'package.json']);
  });
});

describe('dist/keeper', () => {
  test('starts as a single file with nothing beside it, and misses its plan', () => {
    copyFileSync('dist/keeper/index.mjs', join(folder, '0123abcd.mjs'));
    const { status, stderr } = start('0123abcd.mjs', {});
    expect(stderr).toMatch(/plan|no such file/i);
    expect(stderr).not.toMatch(/is not defined|Cannot (find|use)|SyntaxError/);
    expect(status).not.toBe(0);
  });

  test('holds the program and its licences', () => {
    expect(readdirSync('dist/keeper')).toEqual(['index.mjs', 'licenses.txt']);
  });
});
