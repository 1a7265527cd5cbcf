/** What a container mounts, as far as a path is concerned. */
interface Mount {
  readonly type: string;
  readonly source: string;
  readonly destination: string;
}

/** The mount that a path of a container lies in, with its path on the host; null = it lies in the container's own layer. */
export function coveringMount<Kind extends Mount>(
  mounts: readonly Kind[],
  path: string,
): { readonly mount: Kind; readonly hostPath: string } | null {
  const under = (folder: string): boolean =>
    path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
  const [mount] = mounts
    .filter(({ destination }) => under(destination))
    .sort((one, other) => other.destination.length - one.destination.length);
  if (mount === undefined) return null;
  return { mount, hostPath: `${mount.source}${path.slice(mount.destination.length)}` };
}
