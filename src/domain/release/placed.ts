/** Absolute path of a folder that may be given relative to another. */
export function absolute(directory: string, path: string): string {
  return path.startsWith('/')
    ? path
    : `${directory.replace(/\/+$/, '')}/${path.replace(/^\.\//, '')}`;
}

/** The token in an include that we wrote; null when there is none. */
export function tokenIn(include: string | null): string | null {
  return /\/\.well-known\/shiplock-([0-9a-f]{16,})/.exec(include ?? '')?.[1] ?? null;
}
