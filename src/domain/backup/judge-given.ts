import { formatDuration } from '../duration';
import type { Problem } from '../problem';
import type { BackupManifest } from '../records/backup';
import { sourceOf, type DatabaseSettings } from './database';

/** What backups of an earlier step are held against. */
export interface GivenAgainst {
  readonly app: string;
  readonly environment: string;
  /** What the configuration wants backed up; none = whatever is named will do. */
  readonly databases: readonly DatabaseSettings[];
  /** A release is on record: then a backup without data is not enough. */
  readonly released: boolean;
  /** Milliseconds of the epoch. */
  readonly now: number;
  readonly maxAgeMs: number;
}

const path = 'input backup-id';

/** Whether a release may rest on the backups that were named; a manifest that is there was proven. */
export function judgeGiven(
  ids: readonly string[],
  manifests: readonly BackupManifest[],
  against: GivenAgainst,
): readonly Problem[] {
  const given = ids.map((id) => ({ id, manifest: manifests.find((one) => one.id === id) }));
  const found = given.flatMap(({ manifest }) => manifest ?? []);
  return [
    ...given.flatMap(({ id, manifest }) =>
      manifest === undefined ? [unknown(id, manifests)] : judgeOne(manifest, against),
    ),
    ...uncovered(found, ids.length === found.length ? against.databases : []),
  ];
}

function unknown(id: string, manifests: readonly BackupManifest[]): Problem {
  const there = manifests.slice(-5).map((one) => one.id);
  const list = there.length === 0 ? 'there is none' : `the newest are ${there.join(', ')}`;
  return {
    path,
    says: `names ${id}, which is no proven backup on this server (${list})`,
    fix: 'pass on the output id of the backup step of this run',
  };
}

function judgeOne(manifest: BackupManifest, against: GivenAgainst): Problem[] {
  const { id, app, environment, empty, endedAt } = manifest;
  const problems: Problem[] = [];
  const add = (says: string, fix: string): void => {
    problems.push({ path, says: `names ${id}, which ${says}`, fix });
  };
  if (app !== against.app || environment !== against.environment)
    add(`is of ${app} in ${environment}`, 'name a backup of this app and environment');
  const ageMs = against.now - Date.parse(endedAt);
  if (ageMs > against.maxAgeMs) {
    const limits = `${formatDuration(ageMs)} old, more than ${formatDuration(against.maxAgeMs)}`;
    add(`is ${limits}`, 'take a new one, or allow for more in the input backup-max-age');
  }
  if (empty && against.released)
    add('has no data in it, though a release is on record', 'see that the right database is named');
  return problems;
}

function uncovered(
  found: readonly BackupManifest[],
  databases: readonly DatabaseSettings[],
): Problem[] {
  const covered = new Set(found.map(({ source }) => source));
  const missing = databases.map(sourceOf).filter((source) => !covered.has(source));
  if (missing.length === 0) return [];
  const says = `names no backup of ${missing.join(', ')}, which shiplock.yml lists under backup`;
  return [
    { path, says, fix: 'name one for each of them, or none: then the deploy takes them all' },
  ];
}
