import type { Problem } from '../problem';

/** What a look at the file gave. */
export interface SqliteSeen {
  readonly path: string;
  readonly exists: boolean;
  readonly denied: boolean;
  readonly isFile: boolean;
  readonly readable: boolean;
  readonly filesystem: string;
}

const networks = /^(nfs|cifs|smb2?|9p|fuse)/i;

/** What stands in the way before the file is opened. A file that is not there is no problem here: nobody may make one by looking. */
export function judgeSqliteFile(seen: SqliteSeen): {
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
} {
  const problem = fileProblem(seen);
  const network = networks.test(seen.filesystem)
    ? [
        `${seen.path} lies on ${seen.filesystem}: SQLite's locks are not reliable there, and a writer on another machine is not kept apart from the copy.`,
      ]
    : [];
  return { problems: problem === null ? [] : [problem], warnings: network };
}

function fileProblem({ path, exists, denied, isFile, readable }: SqliteSeen): Problem | null {
  if (denied || (exists && isFile && !readable)) {
    return {
      path: 'path',
      says: `${path} cannot be read`,
      fix: 'log in as a user who may read the file and its folder',
    };
  }
  if (exists && !isFile) {
    return { path: 'path', says: `${path} is no file`, fix: 'name the file of the database' };
  }
  return null;
}

/** Where the file of a container lies: its copy is made by another container, which sees what is mounted and nothing else. */
export function judgeSqliteMount(
  path: string,
  mount: { readonly type: string; readonly destination: string } | null,
): Problem | null {
  if (mount === null || mount.type === 'tmpfs') {
    const where = mount === null ? "the container's own layer" : 'a tmpfs';
    return {
      path: 'path',
      says: `${path} lies in ${where}, and is gone with the container`,
      fix: 'put its folder into a volume',
    };
  }
  if (mount.destination === path) {
    return {
      path: 'path',
      says: `only ${path} itself is mounted: what SQLite writes beside it (-wal, -journal) lies in the container's own layer`,
      fix: 'mount the folder that it lies in',
    };
  }
  return null;
}

/** A file that SQLite does not open. */
export function unopened(path: string, version: string, said: string): Problem {
  const fix = /not a database|malformed/.test(said)
    ? 'it is damaged, or no SQLite database; when the app can open it, it was written by a newer SQLite: install that one here'
    : /readonly|unable to open/.test(said)
      ? 'when a crash left a journal beside it, start the app once: it puts that right'
      : 'try again when nobody locks it';
  return {
    path: 'path',
    says: `SQLite${version === '' ? '' : ` ${version}`} cannot read ${path}: ${said}`,
    fix,
  };
}
