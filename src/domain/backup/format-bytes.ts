const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `512 B`, `3.4 kB`, `1.2 GB`: decimal units, as disks are sold and sizes are written in inputs. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power] ?? ''}`;
}
