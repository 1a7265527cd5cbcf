import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { AnyContract } from '../src/contract/define-action';
import { renderAction } from '../src/contract/render-action';
import { renewReadme } from '../src/contract/render-readme';
import { renewComposeReference } from './compose-reference';
import { renewConfigReference } from './config-reference';

/** Every file that derives from a contract or a schema: its path in the repository and the text it must have. */
export async function generatedFiles(root: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const name of readdirSync(join(root, 'src/actions'))) {
    const contract = await contractOf(root, name);
    const readme = `actions/${name}/README.md`;
    files.set(`actions/${name}/action.yml`, renderAction(contract));
    files.set(readme, renewReadme(textOf(join(root, readme)), contract));
  }
  const schema = await configSchema(root);
  files.set('schema/shiplock.schema.json', JSON.stringify(schema));
  const reference = 'docs/configuration.md';
  files.set(reference, renewConfigReference(textOf(join(root, reference)), schema));
  const keys = 'docs/compose.md';
  files.set(keys, renewComposeReference(textOf(join(root, keys))));
  const formatted = [...files].map(async ([path, text]) => {
    const options = await resolveConfig(join(root, path));
    return [path, await format(text, { ...options, filepath: path })] as const;
  });
  return new Map(await Promise.all(formatted));
}

/** The text of a file, undefined when there is none. */
export function textOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

async function contractOf(root: string, name: string): Promise<AnyContract> {
  const path = join(root, 'src/actions', name, 'contract.ts');
  const { contract } = (await import(pathToFileURL(path).href)) as { contract: AnyContract };
  if (contract.name !== name) throw new Error(`${path} names itself ${contract.name}`);
  return contract;
}

async function configSchema(root: string): Promise<object> {
  const path = pathToFileURL(join(root, 'src/config/known-keys.ts')).href;
  const { configJsonSchema } = (await import(path)) as { configJsonSchema: () => object };
  return { title: 'Shiplock configuration (shiplock.yml)', ...configJsonSchema() };
}
