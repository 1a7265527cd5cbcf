import { formatBytes } from '../domain/backup/format-bytes';
import type { Inventory } from '../domain/backup/inventory';
import { formatDuration } from '../domain/duration';
import { bytesOf, type BackupManifest } from '../domain/records/backup';
import { code, prose, table } from './markdown';

/** How old something is, for people: `4 min`, `3 h`, `12 d`. */
function age(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

/** One backup in cells: id, source, age, proof, size, restore time, copies, whether a release names it. */
function row(backup: BackupManifest, named: ReadonlySet<string>, now: number): readonly string[] {
  return [
    backup.id,
    backup.source,
    age(now - Date.parse(backup.endedAt)),
    backup.empty ? 'empty' : backup.verify.level === 'restore' ? 'restored' : 'read',
    formatBytes(bytesOf(backup)),
    backup.restoreMs === null ? '–' : formatDuration(backup.restoreMs),
    backup.copies.length === 0 ? '–' : [...new Set(backup.copies.map(placeOf))].join(', '),
    named.has(backup.id) ? 'yes' : '',
  ];
}

const placeOf = ({ url, cipher }: BackupManifest['copies'][number]): string =>
  cipher === 'restic' ? 'restic' : url.replace(/^(\w+:\/\/[^/]+).*$/, '$1');

const header = ['backup', 'of', 'age', 'proof', 'size', 'restore', 'copies', 'release'];

/** The table of a summary, newest first, and what lies there besides. @param now milliseconds since 1970 */
export function backupTable({ backups, unreadable, named }: Inventory, now: number): string {
  const rows = backups.toReversed().map((backup) => {
    const [id = '', source = '', ...rest] = row(backup, named, now);
    return [code(id), code(source), ...rest.map((cell) => prose(cell))];
  });
  const listed = rows.length === 0 ? 'There is no backup.' : table(header, rows);
  const others = unreadable.map(({ name, says }) => `- ${code(name)} ${says}; it is left alone.`);
  return [listed, others.join('\n')].filter((part) => part !== '').join('\n\n');
}

/** The same as lines of a log, in columns. */
export function backupLines({ backups, unreadable, named }: Inventory, now: number): string[] {
  const rows = [header, ...backups.toReversed().map((backup) => row(backup, named, now))];
  const widths = header.map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const others = unreadable.map(({ name, says }) => `${name} ${says}; it is left alone`);
  return [...(backups.length === 0 ? ['There is no backup.'] : lines), ...others];
}
