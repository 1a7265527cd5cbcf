/** A difference between what lay on the host after the copy was made, and what the copy holds. */
interface Difference {
  readonly path: string;
  /** `first`: on the host; `second`: in the copy. */
  readonly only: 'first' | 'second';
}

/**
 * Paths of the differences that nobody made: a file that is still there must have changed since the copy began, and for one that is gone,
 * or a folder of it that is gone too, the folder that it went from.
 */
export function unexplained(
  differences: readonly Difference[],
  changed: ReadonlySet<string>,
): readonly string[] {
  const onHost = new Set(pathsOf(differences, 'first'));
  const gone = new Set(pathsOf(differences, 'second').filter((path) => !onHost.has(path)));
  const cause = (path: string): string => (gone.has(path) ? cause(parentOf(path)) : path);
  const paths = new Set(differences.map(({ path }) => path));
  return [...paths].filter((path) => !changed.has(cause(path))).sort();
}

const pathsOf = (differences: readonly Difference[], side: Difference['only']): string[] =>
  differences.filter(({ only }) => only === side).map(({ path }) => path);

function parentOf(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut < 1 ? '' : path.slice(0, cut);
}
