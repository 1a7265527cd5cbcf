import type { Problem } from '../problem';
import type { BackupManifest } from '../records/backup';
import { sourceOf, type DatabaseSettings } from './database';

/** A restore as it was asked for. */
export interface RestoreAsked {
  readonly id: string | null;
  readonly target: string | null;
  readonly confirm: string | null;
}

/** What it is held against. */
export interface RestoreAgainst {
  readonly manifests: readonly BackupManifest[];
  readonly databases: readonly DatabaseSettings[];
  /** The server as people name it, and its machine id. */
  readonly host: string;
  readonly machineId: string | null;
}

/** What is restored, and into which of the databases. */
export interface RestoreChoice {
  readonly manifest: BackupManifest;
  readonly index: number;
}

/** Chooses backup and target, or says everything that keeps them from being one. */
export function judgeRestore(
  { id, target, confirm }: RestoreAsked,
  { manifests, databases, host, machineId }: RestoreAgainst,
): { readonly problems: readonly Problem[]; readonly choice: RestoreChoice | null } {
  const manifest = manifests.find((one) => one.id === id);
  const index = targetOf(databases, target);
  const problems: Problem[] = [];
  const add = (path: string, says: string, fix: string): void => {
    problems.push({ path: `input ${path}`, says, fix });
  };
  if (manifest === undefined) {
    const ids = manifests.slice(-8).map((one) => one.id);
    const there = ids.length === 0 ? 'none is on the server' : `there are ${ids.join(', ')}`;
    const says = id === null ? 'is not given' : `names ${id}, which is no proven backup`;
    add('backup-id', says, `name the backup that is meant (${there})`);
  }
  if (index < 0) problems.push(unnamed(target, databases, manifest));
  const settings = databases[index];
  if (manifest === undefined || settings === undefined) return { problems, choice: null };
  // Machines that were cloned have one id, and some have none: then the name has to tell them apart.
  const foreign = manifest.machineId !== machineId || manifest.host !== host;
  const wanted = `${target ?? ''} ${manifest.id}${foreign ? ` ${host}` : ''}`;
  if (confirm?.trim().split(/\s+/).join(' ') !== wanted) {
    const why = foreign
      ? `a restore replaces data, and this backup is of another machine (${manifest.host})`
      : 'a restore replaces data';
    add('confirm', `must say \`${wanted}\`, because ${why}`, `write confirm: ${wanted}`);
  }
  problems.push(...unlike(manifest, settings));
  return { problems, choice: { manifest, index } };
}

function unnamed(
  target: string | null,
  databases: readonly DatabaseSettings[],
  manifest: BackupManifest | undefined,
): Problem {
  const names = databases.map(sourceOf);
  const meant =
    manifest !== undefined && names.includes(manifest.source)
      ? `for its own database write target: ${manifest.source} and confirm: ${manifest.source} ${manifest.id}`
      : 'write the name again in confirm, with the id of the backup';
  return {
    path: 'input target',
    says:
      target === null ? 'is not given' : `names ${target}, which is no database here, or several`,
    fix: `name the database that is to be replaced, one of ${names.join(', ')}; ${meant}`,
  };
}

/** By its whole name, as the manifest has it as `source`; or by a part of it that only one has. */
function targetOf(databases: readonly DatabaseSettings[], target: string | null): number {
  if (target === null) return -1;
  const whole = databases.findIndex((one) => sourceOf(one) === target);
  if (whole >= 0) return whole;
  const fits = databases.flatMap((one, index) => {
    const { database, service, paths } = one;
    return [database, service, ...paths].includes(target) ? [index] : [];
  });
  return fits.length === 1 ? (fits[0] ?? -1) : -1;
}

const families: readonly (readonly string[])[] = [
  ['mysql', 'mariadb'],
  ['redis', 'valkey'],
];

function unlike({ id, engine, empty }: BackupManifest, settings: DatabaseSettings): Problem[] {
  const alike = families.find((family) => family.includes(engine)) ?? [engine];
  if (!alike.includes(settings.engine)) {
    const says = `is ${settings.engine}, and ${id} is of ${engine}`;
    return [{ path: 'input target', says, fix: 'name a database of the same kind' }];
  }
  if (!empty) return [];
  const says = `names ${id}, which has no data in it: the database was empty`;
  return [{ path: 'input backup-id', says, fix: 'name one with data' }];
}

/** An older server does not take what a newer one wrote. @returns null when it fits, or nothing is known */
export function judgeVersion(
  { id, engine, serverVersion }: Pick<BackupManifest, 'id' | 'engine' | 'serverVersion'>,
  server: string,
): Problem | null {
  const [theirs, ours] = [seriesOf(engine, serverVersion), seriesOf(engine, server)];
  if (theirs === null || ours === null) return null;
  if (ours.localeCompare(theirs, 'en', { numeric: true }) >= 0) return null;
  return {
    path: 'input target',
    says: `runs ${engine} ${server}, and ${id} was taken from ${serverVersion}: an older server cannot take it`,
    fix: `restore into a server of ${engine} ${theirs} or newer`,
  };
}

/** Formats change with the second number of the version there. MariaDB may put `5.5.5-` ahead of its own. */
const countedByTwo: readonly string[] = ['mysql', 'mariadb', 'redis', 'valkey'];

function seriesOf(engine: string, version: string): string | null {
  const [, major, minor = '0'] = /^(?:5\.5\.5-)?(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  if (major === undefined) return null;
  return countedByTwo.includes(engine) ? `${major}.${minor}` : major;
}
