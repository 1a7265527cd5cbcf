import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { jsonOutput, textOutput, secondsOutput } from '../../src/contract/output-fields';
import { printOutputs } from '../../src/contract/print-outputs';
import { renewReadme } from '../../src/contract/render-readme';
import { renderAction } from '../../src/contract/render-action';
import { contract } from '../../src/actions/deploy/contract';
import { parse } from 'yaml';
import { z } from 'zod';

test('action.yml, README tables and JSON Schema are as their sources say', () => {
  const args = ['--import', 'tsx', 'scripts/generate.ts', '--check'];
  expect(execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 })).toBe('');
});

test.each(readdirSync('src/actions'))(
  '%s is started at the end of the job if it has work there',
  (name) => {
    const hasWork = readFileSync(`src/actions/${name}/main.ts`, 'utf8').includes('post:');
    const action = parse(readFileSync(`actions/${name}/action.yml`, 'utf8')) as { runs: object };
    expect('post' in action.runs).toBe(hasWork);
  },
);

test('a description with quotes, colons and hashes stays one YAML text', () => {
  const description = `it's: "x" # | > \\n %`;
  const action = parse(renderAction({ ...contract, description })) as Record<string, unknown>;
  expect(action).toMatchObject({
    description,
    inputs: { config: { default: 'shiplock.yml', required: false } },
    runs: {
      using: 'node24',
      main: '../../dist/deploy/index.js',
      post: '../../dist/deploy/index.js',
    },
  });
});

test('a description with an expression is refused, as GitHub refuses the whole action for it', () => {
  const description = 'Results: ${{ toJSON(needs) }}.';
  expect(() => renderAction({ ...contract, description })).toThrow(
    'no expression in a description',
  );
});

test('a README keeps its prose and refuses to lose the place of its tables', () => {
  const readme = 'before\n<!-- contract:start -->\nold\n<!-- contract:end -->\nafter\n';
  const renewed = renewReadme(readme, contract);
  expect(renewed).toMatch(/^before\n<!-- contract:start -->\n\n## Permissions/);
  expect(renewed).toMatch(/<!-- contract:end -->\nafter\n$/);
  expect(renewed).not.toContain('old\n<!--');
  expect(() => renewReadme('no markers', contract)).toThrow('no place for its tables');
});

test('outputs are printed as the contract says, or every fault is named', () => {
  const fields = {
    slot: textOutput('Slot.'),
    duration: secondsOutput('Duration.'),
    digests: jsonOutput(z.record(z.string(), z.string()), 'Digests.'),
  };
  expect(printOutputs(fields, { slot: 'blue', duration: 1234, digests: { a: 'b' } })).toEqual({
    ok: true,
    texts: new Map([
      ['slot', 'blue'],
      ['duration', '1.2'],
      ['digests', '{"a":"b"}'],
    ]),
  });
  expect(printOutputs(fields, { slot: undefined })).toEqual({ ok: true, texts: new Map() });
  expect(printOutputs(fields, { slot: 'a\nb', duration: -1, other: 1 })).toMatchObject({
    ok: false,
    problems: [
      'slot: must be one line',
      expect.stringMatching(/^duration: /),
      'other is not in the contract',
    ],
  });
});
