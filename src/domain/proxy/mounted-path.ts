/** A mount of a container; `source` is a path on the host. */
export interface Mount {
  readonly source: string;
  readonly destination: string;
}

/**
 * Where a container sees a folder of the host: through a mount of it or of a folder above it, the innermost one. null when
 * it does not see it; a mount of a single file inside does not count, because it keeps showing the file it began with.
 */
export function mountedPath(mounts: readonly Mount[], hostDir: string): string | null {
  const wanted = trimmed(hostDir);
  const above = mounts
    .filter(({ source }) => `${wanted}/`.startsWith(`${trimmed(source)}/`))
    .sort((one, other) => other.source.length - one.source.length)[0];
  if (above === undefined) return null;
  return trimmed(above.destination) + wanted.slice(trimmed(above.source).length);
}

const trimmed = (path: string): string => path.replace(/\/+$/, '');
