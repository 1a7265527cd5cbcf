import { join } from 'node:path';
import { databaseWords } from '../../commands/trivy';
import { readTrivyMetadata } from '../../commands/trivy-metadata';
import type { ScanDatabase } from '../../domain/scan/tool-run';
import { ShiplockError } from '../../errors';
import type { Cache } from '../../platform/github/cache';
import type { Program, RunTools } from './run-tool';

export interface DatabaseTools extends RunTools {
  /** Where databases lie when the inputs name no folder; as long as the job. */
  readonly cacheFolder: string;
  readonly cache: Cache;
  /** Text of a file; null = there is none. */
  readonly readText: (path: string) => Promise<string | null>;
  /** `sha256:…` of a file; null = there is none. */
  readonly digestOfFile: (path: string) => Promise<string | null>;
  /** Whether git knows the file. */
  readonly isTracked: (path: string) => Promise<boolean>;
  readonly tell: (text: string) => void;
}

interface Wanted {
  /** Absolute. */
  readonly cacheDir: string;
  readonly offline: boolean;
}

/** Caches of the default branch are there for every other branch and pull request; the newest one comes. */
const keyBegin = 'shiplock-trivy-db-2-';
const downloadMs = 10 * 60_000;

/**
 * Brings the database up to date, and tells of which day it is. It is fetched before the scan, so that the scan uses just
 * the one whose age is reported. Throws a ShiplockError where there is none at all, or where the scanned code brought it.
 */
export async function haveTrivyDatabase(
  program: Program,
  { cacheDir, offline }: Wanted,
  tools: DatabaseTools,
): Promise<ScanDatabase> {
  const folder = join(cacheDir, 'db');
  const [file, metadata] = [join(folder, 'trivy.db'), join(folder, 'metadata.json')];
  const updatedAt = async () => readTrivyMetadata(await tools.readText(metadata));
  const isThere = (await tools.readText(metadata)) !== null;
  if (isThere && (await tools.isTracked(metadata)))
    throw new ShiplockError(`the database in ${cacheDir} is part of the checkout`, {
      fault: 'user',
      hint: 'name a cache-dir that git does not know: the scanned code could bring any database',
    });
  const restored = isThere ? null : await tools.cache.restore(folder, [keyBegin]);
  if (!offline) await update(program, cacheDir, tools);
  const digest = await tools.digestOfFile(file);
  if (digest === null) throw noDatabase(cacheDir, offline);
  const made = await updatedAt();
  const key = `${keyBegin}${made?.toISOString() ?? ''}`;
  if (!offline && made !== null && key !== restored) await tools.cache.save(folder, key);
  tools.tell(`Trivy's database: of ${made?.toISOString() ?? 'unknown age'}, ${digest}`);
  return { updatedAt: made, digest };
}

function noDatabase(cacheDir: string, offline: boolean): ShiplockError {
  return new ShiplockError(`Trivy has no database in ${cacheDir}, and none could be had`, {
    fault: 'remote',
    hint: offline
      ? 'put one there before this step, or take offline away'
      : 'let the runner reach mirror.gcr.io or ghcr.io, or put one there and set offline: true',
  });
}

/** An older database is better than none: its age is judged later. */
async function update(program: Program, cacheDir: string, tools: DatabaseTools): Promise<void> {
  const folder = await tools.makeFolder(['empty', 'home']);
  const [stdout, stderr] = [join(folder, 'stdout'), join(folder, 'stderr')];
  try {
    const end = await tools.runProgram({
      argv: [program.path, ...databaseWords(cacheDir)],
      folder: join(folder, 'empty'),
      variables: { ...tools.variables, HOME: join(folder, 'home'), TMPDIR: folder },
      stdout,
      stderr,
      maxBytes: 1 << 24,
      timeoutMs: downloadMs,
    });
    if (end.kind === 'exited' && end.code === 0) return;
    tools.show(
      'trivy: its database could not be brought up to date',
      await tools.lastLines(stderr),
    );
  } finally {
    await tools.remove(folder);
  }
}
