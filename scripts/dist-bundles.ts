import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

interface Asset {
  readonly source: string | Buffer;
}

type Ncc = (
  input: string,
  options: Readonly<Record<string, unknown>>,
) => Promise<{ readonly code: string; readonly assets: Readonly<Record<string, Asset>> }>;

// ncc is CommonJS and comes without types.
const ncc = createRequire(import.meta.url)('@vercel/ncc') as Ncc;

interface Bundle {
  readonly name: string;
  readonly entry: string;
  /** Name of the bundle's one program. */
  readonly program: string;
  /** What may lie beside the program; anything else fails the build. */
  readonly beside: readonly string[];
}

/** What `import()` names lies in files of its own, which are read when it is asked for. */
const part = /^\d+\.index\.js$/;

// ssh2 would start it on Windows, to talk to PuTTY's agent.
const dropped = ['pagent.exe'];

/** Every bundle of the repository: one an action, and the keeper, which is uploaded to servers as a single file. */
export function bundlesOf(root: string): readonly Bundle[] {
  const actions = readdirSync(join(root, 'src/actions')).map((name) => ({
    name,
    entry: join(root, 'src/actions', name, 'main.ts'),
    program: 'index.js',
    beside: ['package.json', 'licenses.txt'],
  }));
  const entry = join(root, 'src/keeper/main.ts');
  // Alone on a server no package.json says that it is an ES module; its name has to.
  const keeper = { name: 'keeper', entry, program: 'index.mjs', beside: ['licenses.txt'] };
  return [...actions, keeper];
}

/** Writes the files of one bundle into an empty `<folder>/<name>`; throws when ncc adds a file nobody expects. */
export async function writeBundle(bundle: Bundle, folder: string): Promise<void> {
  const { code, assets } = await ncc(bundle.entry, {
    cache: false,
    license: 'licenses.txt',
    minify: false,
    quiet: true,
    // Types are the affair of `npm run types`.
    transpileOnly: true,
  });
  const kept = Object.entries(assets).filter(([name]) => !dropped.includes(name));
  const files = kept.filter(([name]) => bundle.program === 'index.js' || name !== 'package.json');
  const strangers = files
    .map(([name]) => name)
    .filter(
      (name) =>
        !bundle.beside.includes(name) && !(bundle.program === 'index.js' && part.test(name)),
    );
  if (strangers.length > 0) {
    throw new Error(
      `${bundle.name} would carry ${strangers.join(', ')}. Install with \`npm ci --ignore-scripts\`, or allow it here.`,
    );
  }
  const target = join(folder, bundle.name);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, bundle.program), code);
  for (const [name, { source }] of files) writeFileSync(join(target, name), source);
}
