/** A container that runs, with the host's folders that it sees. */
export interface MountingContainer {
  readonly id: string;
  readonly name: string;
  readonly sources: readonly string[];
}

/** What the script below ends with on a host that has no such command. */
export const noDockerExit = 127;

/**
 * POSIX sh, `$@` the docker command: one line of JSON for each container that runs. One that ends in this moment is left out; any
 * other that cannot be looked at is an error, as it may be the one that matters.
 */
export const mountingScript = `ids=$("$@" ps --quiet --no-trunc) || exit
for id in $ids; do
  "$@" inspect --format '{"id":{{json .Id}},"name":{{json .Name}},"mounts":{{json .Mounts}}}' "$id" && continue
  left=$("$@" ps --quiet --filter "id=$id") && [ -z "$left" ] || exit 1
done`;

/** Reads it. */
export function parseMounting(output: string): readonly MountingContainer[] {
  const lines = output.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const { id, name, mounts } = JSON.parse(line) as {
      id: string;
      name: string;
      mounts: readonly { readonly Source?: string }[];
    };
    const sources = mounts.flatMap(({ Source }) => (Source === undefined ? [] : [Source]));
    return { id, name: name.replace(/^\//, ''), sources };
  });
}

/** Those that see one of the paths, or something below it. */
export function mountersOf(
  containers: readonly MountingContainer[],
  paths: readonly string[],
): readonly MountingContainer[] {
  const within = (path: string, folder: string): boolean =>
    `${path}/`.startsWith(folder === '/' ? '/' : `${folder}/`);
  return containers.filter(({ sources }) =>
    sources.some((source) => paths.some((path) => within(path, source) || within(source, path))),
  );
}
