import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const manifest = z.object({
  inputs: z.record(z.string(), z.looseObject({ default: z.string().optional() })).default({}),
  runs: z.strictObject({
    using: z.literal('node24'),
    pre: z.string().optional(),
    main: z.string(),
    post: z.string().optional(),
  }),
});

/** What action.yml says: inputs with their defaults, and absolute paths of the programs. */
export interface ActionManifest {
  readonly defaults: ReadonlyMap<string, string>;
  readonly programs: Readonly<Record<'pre' | 'main' | 'post', string | undefined>>;
}

/** Reads the action.yml of a folder; refuses what this harness would not run as GitHub does. */
export function readManifest(folder: string): ActionManifest {
  const { inputs, runs } = manifest.parse(parse(readFileSync(join(folder, 'action.yml'), 'utf8')));
  const program = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : join(folder, path);
  return {
    defaults: new Map(Object.entries(inputs).map(([name, input]) => [name, input.default ?? ''])),
    programs: { pre: program(runs.pre), main: program(runs.main), post: program(runs.post) },
  };
}

/** The INPUT_ variables: the defaults of action.yml and over them what `with:` gives. An input that action.yml lacks is thrown. */
export function inputVariables(
  { defaults }: ActionManifest,
  given: Readonly<Record<string, string>>,
  context: Readonly<Record<string, string>>,
): Record<string, string> {
  const unknown = Object.keys(given).filter((name) => !defaults.has(name));
  if (unknown.length > 0) {
    const known = [...defaults.keys()].join(', ');
    throw new Error(`action.yml has no input ${unknown.join(', ')}; it has ${known}`);
  }
  return Object.fromEntries(
    [...defaults].map(([name, text]) => [
      `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
      given[name] ?? evaluated(text, context),
    ]),
  );
}

/** Defaults may name the github context, as in `${{ github.token }}`; that is all that is understood here. */
function evaluated(text: string, context: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    const value = context[expression];
    if (value === undefined) throw new Error(`no value for the expression ${expression}`);
    return value;
  });
}
