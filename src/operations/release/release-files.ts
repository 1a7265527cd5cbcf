import type { z } from 'zod';
import { parseJson } from '../../domain/json';
import { release, type Release } from '../../domain/records/release';
import { printState, storedState, type HostState } from '../../domain/records/state';
import type { Files } from '../../platform/files';

/** Paths under the folder of one app and environment on a host. */
export const hostPath = {
  state: (base: string) => `${base}/state.json`,
  previousState: (base: string) => `${base}/state.prev.json`,
  damagedState: (base: string) => `${base}/state.damaged.json`,
  lease: (base: string) => `${base}/lease`,
  lock: (base: string) => `${base}/lock`,
  release: (base: string, id: string) => `${base}/releases/${id}`,
  releaseRecord: (base: string, id: string) => `${base}/releases/${id}/release.json`,
  plan: (base: string, deploy: string) => `${base}/journal/${deploy}.plan.json`,
  journal: (base: string, deploy: string) => `${base}/journal/${deploy}.jsonl`,
  backup: (base: string, id: string) => `${base}/backups/${id}`,
  audit: (base: string) => `${base}/audit.jsonl`,
  traffic: (base: string) => `${base}/traffic.json`,
  keeper: (base: string, hash: string) => `${base}/keeper/${hash}.mjs`,
  sharedCompose: (base: string) => `${base}/shared.json`,
} as const;

/** Reads a JSON record with its schema; null when missing, an error that names the file when it is not what it should be. */
export async function readRecord<T>(
  files: Pick<Files, 'read'>,
  path: string,
  schema: z.ZodType<T>,
): Promise<T | null> {
  const text = await files.read(path);
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch (thrown) {
    throw new Error(`${path} cannot be read`, { cause: thrown });
  }
}

/** Every release the host has on record, oldest first; folders without a readable record are passed over. */
export async function readLedger(files: Files, base: string): Promise<readonly Release[]> {
  const names = await files.list(`${base}/releases`);
  const records = await Promise.all(
    names.map((name) =>
      readRecord(files, hostPath.releaseRecord(base, name), release).catch(() => null),
    ),
  );
  return records.filter((record) => record !== null).toSorted((one, other) => one.seq - other.seq);
}

export async function writeRelease(files: Files, base: string, record: Release): Promise<void> {
  await files.write(
    hostPath.releaseRecord(base, record.id),
    `${JSON.stringify(record, null, 2)}\n`,
    0o600,
  );
}

/** Writes the new state and keeps the one before beside it, in a place of its own when it was damaged. */
export async function writeState(files: Files, base: string, state: HostState): Promise<void> {
  const path = hostPath.state(base);
  const text = await files.read(path);
  const before = text === null ? null : storedState.safeParse(parseJson(text)).data;
  if (text !== null && before === undefined)
    await files.write(hostPath.damagedState(base), text, 0o600);
  // Written once more after a crash, it must not take the place of the one before.
  if (text !== null && before != null && before.deploy !== state.deploy)
    await files.write(hostPath.previousState(base), text, 0o600);
  await files.write(path, printState(state), 0o600);
}
