import type { Baseline } from '../../domain/scan/baseline';
import type { KeptPlace } from '../../domain/scan/kept-result';
import type { Files } from '../../platform/files';
import type { Cache } from '../../platform/github/cache';
import { readBaseline, type ReportTools } from './read-report';

export interface KeepTools extends Pick<ReportTools, 'open' | 'hash'> {
  readonly cache: Cache;
  /** Absolute, and named alike in every run. */
  readonly folder: string;
  readonly files: Pick<Files, 'read' | 'write' | 'remove'>;
  readonly copy: (from: string, to: string) => Promise<void>;
}

const pathsIn = (folder: string) => ({
  result: `${folder}/result.json`,
  seal: `${folder}/seal`,
});

/**
 * The result of the commit that a run is built upon, else the last one of its branch. Code of a pull request can put results into
 * its own part of the cache; the seal, made with the fingerprint key, is what it cannot make.
 */
export async function findResult(place: KeptPlace, tools: KeepTools): Promise<Baseline> {
  const { folder, files, cache, hash } = tools;
  const wanted = `${place.branch} at ${place.sha.slice(0, 7)}`;
  await files.remove(folder);
  const key = await cache.restore(folder, place.keys);
  if (key === null || key.startsWith(place.own))
    return {
      kind: 'missing',
      why: `no result of ${wanted}, nor an earlier one of that branch, is in the cache; each run of scan-gate on ${place.branch} with baseline: cache keeps one`,
    };
  const { result, seal } = pathsIn(folder);
  const sealed = await files.read(seal);
  if (sealed === null || sealed !== hash(`${key}\n${await sha256Of(result, tools)}`))
    return {
      kind: 'missing',
      why: `the result of ${wanted} in the cache was sealed with another fingerprint-key, or was changed`,
    };
  const baseline = await readBaseline(result, tools.open);
  if (baseline.kind !== 'found') return baseline;
  if (key.startsWith(place.keys[0])) return { ...baseline, of: wanted };
  const other = key.slice(place.keys[1].length, place.keys[1].length + 7);
  return { ...baseline, of: `${place.branch} at ${other}, as there is none of ${wanted}` };
}

/** Keeps a result for the runs that will be built upon this commit. @param path of the result @returns whether it is kept */
export async function keepResult(path: string, key: string, tools: KeepTools): Promise<boolean> {
  const { folder, files, copy, cache, hash } = tools;
  const { result, seal } = pathsIn(folder);
  await files.remove(folder);
  await copy(path, result);
  await files.write(seal, hash(`${key}\n${await sha256Of(result, tools)}`), 0o600);
  return cache.save(folder, key);
}

async function sha256Of(path: string, { open }: Pick<KeepTools, 'open'>): Promise<string> {
  const opened = await open(path);
  if (opened === null) return '';
  const chunks = opened.chunks[Symbol.asyncIterator]();
  while ((await chunks.next()).done !== true);
  return opened.sha256();
}
