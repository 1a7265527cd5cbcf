// A program, not a module: it is bundled before it runs, because the language service imports JSON in a way that Node refuses.
// `language-service FOLDER FILE…` prints what GitHub's own editor service says about workflows and action.yml files, as a JSON array.
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { validate, type ActionsMetadataProvider } from '@actions/languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { parse } from 'yaml';

const [root = '', ...files] = process.argv.slice(2);

type Metadata = NonNullable<Awaited<ReturnType<ActionsMetadataProvider['fetchActionMetadata']>>>;

// Of other people's actions: the inputs that our workflows may use, as their action.yml has them.
const others: Readonly<Record<string, readonly string[]>> = {
  'actions/checkout': ['fetch-depth', 'persist-credentials', 'ref'],
};

/** Answers for our own actions from the folder at hand; what it does not know, the service reports. */
const actionsMetadataProvider: ActionsMetadataProvider = {
  fetchActionMetadata: ({ owner, name, path = '' }) =>
    Promise.resolve(metadataOf(`${owner}/${name}`, path)),
};

function metadataOf(repository: string, path: string): Metadata | undefined {
  const inputs = others[repository];
  if (inputs !== undefined) {
    const known = inputs.map((input) => [input, { description: input }] as const);
    return { name: repository, description: repository, inputs: Object.fromEntries(known) };
  }
  const manifest = join(root, path, 'action.yml');
  if (repository !== 'shiplock/shiplock' || !existsSync(manifest)) return undefined;
  return parse(readFileSync(manifest, 'utf8')) as Metadata;
}

const findings = await Promise.all(
  files.map(async (file) => {
    // The service tells workflows from actions by the path.
    const uri = `file:///${basename(file) === 'action.yml' ? '' : '.github/workflows/'}${basename(file)}`;
    const document = TextDocument.create(uri, 'yaml', 1, readFileSync(file, 'utf8'));
    const diagnostics = await validate(document, { actionsMetadataProvider });
    return diagnostics.map(({ range, message }) => ({
      file,
      line: range.start.line + 1,
      message: typeof message === 'string' ? message : message.value,
    }));
  }),
);
process.stdout.write(JSON.stringify(findings.flat()));
