import { join } from 'node:path';
import {
  commitCommand,
  initCommand,
  layoutCommand,
  originCommand,
  pointCommand,
  promisorCommand,
} from '../../commands/git-history';
import { ShiplockError } from '../../errors';
import type { Host } from '../../platform/host';

export interface HistoryTools {
  /** Runs git without a setting of the job's or the user's. */
  readonly git: Host;
  /** Runs git that may fetch from this address. */
  readonly fetcher: (url: string) => Host;
  /** null = there is no such file. */
  readonly read: (path: string) => Promise<string | null>;
  readonly write: (path: string, text: string | Uint8Array) => Promise<void>;
  /** Gives a folder's files a second name in another folder; copies them where that cannot be. @param skip path from the folder on */
  readonly linkFolder: (
    from: string,
    to: string,
    skip?: (path: string) => boolean,
  ) => Promise<void>;
  /** Files below a folder that hold one of these texts, by their path from there on, with their text, one character a byte. */
  readonly filesWith: (
    folder: string,
    texts: readonly string[],
  ) => Promise<ReadonlyMap<string, string>>;
  readonly exists: (path: string) => Promise<boolean>;
  readonly tell: (text: string) => void;
  readonly timeoutMs: number;
}

/** The commits of a checkout in a repository of ours, where neither its settings nor its `.gitattributes` have a say. */
export interface HistoryCopy {
  readonly checkout: string;
  readonly folder: string;
  /** Where more of it can be fetched; null = nowhere. */
  readonly origin: string | null;
}

/**
 * Makes the copy, without files and without branches; null where the folder is not the top of a checkout. `-diff` in a
 * `.gitattributes` would make a text binary, and scanners look into no binary patch.
 */
export async function copyHistory(
  checkout: string,
  folder: string,
  tools: HistoryTools,
): Promise<HistoryCopy | null> {
  const layout = await readLayout(checkout, tools);
  if (layout === null) return null;
  await refusePartial(checkout, tools);
  await must(tools.git, initCommand(folder, layout.format), 'a repository cannot be made');
  const inside = join(folder, '.git');
  await tools.linkFolder(layout.objects, join(inside, 'objects'));
  const cut = await tools.read(layout.shallow);
  if (cut !== null) await tools.write(join(inside, 'shallow'), cut);
  await tools.write(join(inside, 'info', 'attributes'), '* !diff\n');
  const origin = await tools.git.exec(originCommand(checkout));
  return { checkout, folder, origin: origin.code === 0 ? origin.stdout.trim() : null };
}

/** Makes the copy begin at a commit, for tools that look at nothing without one. */
export async function pointTo(
  { folder }: HistoryCopy,
  commit: string,
  { git }: HistoryTools,
): Promise<void> {
  await must(git, pointCommand(folder, commit), 'the head cannot be set');
}

interface Layout {
  readonly objects: string;
  readonly shallow: string;
  readonly format: string;
}

async function readLayout(checkout: string, { git, exists }: HistoryTools): Promise<Layout | null> {
  const { code, stdout, stderr } = await git.exec(layoutCommand(checkout));
  if (code !== 0) {
    if (!(await exists(join(checkout, '.git')))) return null;
    throw cannot(`git cannot read the checkout in ${checkout}`, stderr);
  }
  const [prefix = '', objects = '', shallow = '', format = ''] = stdout.split('\n');
  return prefix === '' ? { objects, shallow, format } : null;
}

async function refusePartial(checkout: string, { git }: HistoryTools): Promise<void> {
  const { code } = await git.exec(promisorCommand(checkout));
  if (code !== 0) return;
  throw new ShiplockError('the checkout leaves files out: what is not there cannot be scanned', {
    hint: 'check out without filter: and without sparse-checkout of objects, with fetch-depth: 0',
    fault: 'user',
  });
}

/** The commit that a name stands for in a repository; null where it has none. */
export async function findCommit(git: Host, folder: string, name: string): Promise<string | null> {
  const { code, stdout } = await git.exec(commitCommand(folder, name));
  return code === 0 ? stdout.trim() : null;
}

/** Standard output of a command that has to end well. */
export async function must(
  git: Host,
  argv: readonly string[],
  what: string,
  maxOutputBytes = 512 * 1024 * 1024,
  timeoutMs = 600_000,
): Promise<string> {
  const { code, stdout, stderr } = await git.exec(argv, { maxOutputBytes, timeoutMs });
  if (code !== 0) throw cannot(what, stderr);
  return stdout;
}

function cannot(what: string, stderr: string): ShiplockError {
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return new ShiplockError(`${what}: ${last}`, {
    hint: 'check out with actions/checkout and fetch-depth: 0 before this step',
    fault: 'user',
  });
}
