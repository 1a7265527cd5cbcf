import type { Config } from '../config/config';
import { composeReferences } from '../config/compose-references';
import { refusal, type Problem } from '../domain/problem';
import type { ComposeSource } from '../operations/release/evaluate-compose';
import { openCheckout, type Checkout, type CheckoutEntry } from '../platform/github/checkout';
import type { PackedFile } from '../platform/tar';
import type { SentFile } from '../transactions/release/deploy-tools';

/** What of the checkout a release needs. */
export interface ReleaseCheckout {
  readonly source: ComposeSource;
  /** What `files` names, folders with all that is in them. */
  readonly sent: readonly SentFile[];
}

const composeLimits = { bytes: 16 * 1024 * 1024, files: 1 };
const sentLimits = { bytes: 32 * 1024 * 1024, files: 5_000 };

/** Reads the compose files with all that they include or extend, and what `files` names; throws one refusal with every problem. */
export async function readCheckout(config: Config, workspace: string): Promise<ReleaseCheckout> {
  const checkout = openCheckout(workspace);
  const problems: Problem[] = [];
  const sent = await readSent(checkout, config.files, problems);
  const source = await readSource(checkout, config.compose, sent, problems);
  if (problems.length > 0) throw refusal('the checkout', problems);
  return { source, sent };
}

async function readSent(
  checkout: Checkout,
  paths: readonly string[],
  problems: Problem[],
): Promise<readonly SentFile[]> {
  const sent: SentFile[] = [];
  let bytes = 0;
  for (const [index, path] of paths.entries()) {
    const at = `files[${index}]`;
    const entry = await checkout.read(path, sentLimits);
    switch (entry.kind) {
      case 'missing':
        problems.push({
          path: at,
          says: `${path} is not in the checkout`,
          fix: 'correct it, or check the repository out before this step',
        });
        break;
      case 'problem':
        problems.push({ path: at, says: `${path}: ${entry.says}`, fix: fixes });
        break;
      default:
        if (entry.files.length === 0)
          problems.push({ path: at, says: `${path} is an empty folder`, fix: 'leave it out' });
        bytes += entry.files.reduce((sum, { content }) => sum + content.length, 0);
        sent.push({ path, files: entry.files });
    }
  }
  if (bytes > sentLimits.bytes) problems.push({ path: 'files', says: tooMuch(bytes), fix: fixes });
  return sent;
}

const fixes =
  'name files of the repository that are small and no links to elsewhere; put what is large into the image';

function tooMuch(bytes: number): string {
  const [is, most] = [bytes, sentLimits.bytes].map((size) => Math.ceil(size / 1024 / 1024));
  return `is ${is ?? 0} MiB in all, and at most ${most ?? 0} go along with a release`;
}

/** The compose files that are listed, and what they lead to as far as it is in the checkout: the rest is the host's. */
async function readSource(
  checkout: Checkout,
  names: readonly string[],
  sent: readonly SentFile[],
  problems: Problem[],
): Promise<ComposeSource> {
  const files = new Map<string, PackedFile>();
  const variables = new Set<string>();
  const along = new Map(sent.flatMap((one) => one.files).map((file) => [file.path, file]));
  const home = folderOf(names[0] ?? '');
  const waiting = names.map((path) => ({ path, base: home, listed: true }));
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { path, base, listed } = next;
    if (files.has(path)) continue;
    const entry = await checkout.read(path, composeLimits);
    const [file] = entry.kind === 'file' ? entry.files : [];
    if (file === undefined) {
      if (listed) problems.push(unreadable(path, entry));
      continue;
    }
    files.set(path, file);
    const found = composeReferences(Buffer.from(file.content).toString());
    const at = (one: string): string | null => below(base, one);
    for (const { paths, base: own } of found.includes) {
      const [first = ''] = paths;
      const inner = below(base, own ?? folderOf(first));
      for (const one of paths) queue(at(one), inner);
    }
    for (const one of found.extended) queue(at(one), folderOf(at(one) ?? ''));
    for (const one of found.data) {
      const data = along.get(at(one) ?? '');
      if (data !== undefined) files.set(data.path, data);
    }
    for (const name of found.variables) if (/^[A-Za-z_]\w*$/.test(name)) variables.add(name);
  }
  function queue(path: string | null, base: string | null): void {
    if (path !== null && base !== null) waiting.push({ path, base, listed: false });
  }
  return { names, files: [...files.values()], variables: [...variables] };
}

function unreadable(path: string, entry: CheckoutEntry): Problem {
  if (entry.kind === 'problem') {
    const fix = 'name compose files of the repository; large texts belong into files or images';
    return { path: 'compose', says: `${path} ${entry.says}`, fix };
  }
  return {
    path: 'compose',
    says: `the compose file ${path} cannot be read`,
    fix: 'name the files under compose in shiplock.yml, relative to the repository, and check the repository out first (actions/checkout)',
  };
}

const folderOf = (path: string): string => path.split('/').slice(0, -1).join('/');

/** A path of the repository; null for what is not in it: absolute, remote, above its root, or not known before the host has spoken. */
function below(base: string, path: string): string | null {
  if (/^[/~]|:|\$/.test(path)) return null;
  const parts: string[] = [];
  for (const part of `${base}/${path}`.split('/')) {
    if (part === '..' && parts.pop() === undefined) return null;
    if (part !== '' && part !== '.' && part !== '..') parts.push(part);
  }
  return parts.join('/');
}
