import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import type { ToolArchive } from '../domain/tool-archive';
import { messageOf, ShiplockError } from '../errors';
import type { Cache } from './github/cache';
import { digestOfFile } from './tool-files';

/** Where archives come from and are kept. */
export interface InstallPlaces {
  /** In place of `https://github.com`. */
  readonly mirror: string;
  /** A folder that only this user may look into, for what is made in this job. */
  readonly folder: string;
  readonly cache: Cache;
  /** The runner's tool cache, which outlives a job on runners of one's own. */
  readonly toolCache: string;
  readonly signal: AbortSignal;
  readonly tell: (text: string) => void;
}

export interface InstalledTool {
  readonly path: string;
  readonly origin: string;
}

const downloadMs = 5 * 60_000;

/**
 * Unpacks a program out of an archive with the pinned sum: from the tool cache, from GitHub's cache, or from its publisher.
 * It is the archive that is kept and whose sum is taken each time, so what lay about in a cache proves nothing by itself.
 * Throws a ShiplockError when there is no such archive.
 */
export async function installTool(
  archive: ToolArchive,
  places: InstallPlaces,
): Promise<InstalledTool> {
  const { tool, version, platform, sha256 } = archive;
  const kept = join(places.toolCache, 'shiplock', `${tool}-${version}-${platform}`);
  const file = join(kept, `archive.${archive.packing}`);
  const key = `shiplock-${tool}-${version}-${platform}-${sha256.slice(0, 16)}`;
  const origin = await firstOf([
    async () => ((await isGood(file, archive, places)) ? 'tool cache' : null),
    async () =>
      (await places.cache.restore(kept, [key])) !== null && (await isGood(file, archive, places))
        ? 'cache'
        : null,
    async () => {
      await download(archive, file, places);
      await places.cache.save(kept, key);
      return 'download';
    },
  ]);
  const path = join(places.folder, `${tool}-${version}`, tool);
  await rm(join(path, '..'), { recursive: true, force: true });
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
  await unpackers[archive.packing](file, tool, path);
  return { path, origin };
}

async function firstOf(ways: readonly (() => Promise<string | null>)[]): Promise<string> {
  for (const way of ways) {
    const origin = await way();
    if (origin !== null) return origin;
  }
  return '';
}

async function isGood(
  file: string,
  { sha256, tool }: ToolArchive,
  { tell }: InstallPlaces,
): Promise<boolean> {
  const digest = await digestOfFile(file);
  if (digest === null || digest === `sha256:${sha256}`) return digest !== null;
  tell(`${tool} in the cache is another file than the pinned one (${digest}): it is thrown away`);
  await rm(file);
  return false;
}

async function download(archive: ToolArchive, file: string, places: InstallPlaces): Promise<void> {
  const url = `${places.mirror.replace(/\/+$/, '')}${archive.path}`;
  const fetched = join(places.folder, `${archive.tool}.download`);
  await mkdir(join(file, '..'), { recursive: true });
  await rm(fetched, { force: true });
  try {
    // Loaded when something is downloaded: most runs have what they need.
    const { downloadTool } = await import('@actions/tool-cache');
    await inTime(downloadTool(url, fetched), places.signal);
  } catch (thrown) {
    places.signal.throwIfAborted();
    throw new ShiplockError(`${url} cannot be downloaded: ${messageOf(thrown)}`, {
      fault: 'remote',
      hint: `let the runner reach it, name a mirror by tool-mirror, or install ${archive.tool} ${archive.version} before this step`,
    });
  }
  const digest = await digestOfFile(fetched);
  if (digest !== `sha256:${archive.sha256}`) {
    await rm(fetched, { force: true });
    throw new ShiplockError(
      `${url} gave another file than the pinned one: ${digest ?? 'none'}, not sha256:${archive.sha256}`,
      {
        fault: 'remote',
        hint: 'do not run it: ask who keeps that address; a download that was cut off looks the same',
      },
    );
  }
  await pipeline(createReadStream(fetched), createWriteStream(file));
  await rm(fetched);
}

async function inTime(work: Promise<unknown>, cancelled: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([cancelled, AbortSignal.timeout(downloadMs)]);
  const ended = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error(`it did not come within ${downloadMs / 1000} s`));
    });
  });
  await Promise.race([work, ended]);
}

/** Takes the one program out; whatever else is in the archive is left there. */
async function unpackTar(file: string, tool: string, path: string): Promise<void> {
  const archive = extract();
  const unpacking = pipeline(createReadStream(file), createGunzip(), archive);
  let found = false;
  for await (const entry of archive) {
    if (entry.header.name.replace(/^\.\//, '') === tool && entry.header.type === 'file') {
      found = true;
      await pipeline(entry, createWriteStream(path, { mode: 0o700 }));
    } else entry.resume();
  }
  await unpacking;
  if (!found)
    throw new ShiplockError(`the archive of ${tool} holds no program of that name`, {
      fault: 'bug',
    });
}

/** By the machine's own bzip2, which every runner of GitHub's has: Node reads no bzip2. */
async function unpackBzip2(file: string, tool: string, path: string): Promise<void> {
  const child = spawn('bzip2', ['--decompress', '--stdout', '--', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const writing = pipeline(child.stdout, createWriteStream(path, { mode: 0o700 }));
  child.stderr.resume();
  try {
    const [code] = await Promise.all([ended, writing]);
    if (code !== 0) throw new Error(`it ended with ${String(code)}`);
  } catch (cause) {
    await rm(path, { force: true });
    throw new ShiplockError(`bzip2 cannot unpack ${tool}: ${messageOf(cause)}`, {
      fault: 'remote',
      hint: `install bzip2, or ${tool} itself, before this step`,
      cause,
    });
  }
}

const unpackers = { 'tar.gz': unpackTar, bz2: unpackBzip2 } as const;
