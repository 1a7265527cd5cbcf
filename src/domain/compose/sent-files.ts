import { escapeDollar, unescapeDollar } from './compose-config';

/** A file or folder of the repository that goes along with a release. */
export interface SentPath {
  /** Where it is in the repository. */
  readonly path: string;
  /** Where plain Compose would look for it on the host, absolute. */
  readonly host: string;
}

/** Where a release keeps what was sent along with it, on the host. */
export interface SentFiles {
  readonly paths: readonly SentPath[];
  /** The release's folder, absolute. */
  readonly folder: string;
}

/** Folder of one release below the folder of its app and environment. */
export function releaseFolder(base: string, release: string): string {
  return `${base}/releases/${release}`;
}

/** Folders inside a release's folder: what came from the repository, and what came from the compose file itself. */
export const openFolders = { sent: 'files', made: 'made' } as const;

const plain = (path: string): string => path.replace(/\/+$/, '');

/** The release's own copy of a path on the host, as it stands in a compose document; undefined = nothing of it was sent. */
export function sentCopy(source: string, { paths, folder }: SentFiles): string | undefined {
  const wanted = plain(unescapeDollar(source));
  const found = paths.find(({ host }) => wanted === host || wanted.startsWith(`${host}/`));
  if (found === undefined) return undefined;
  const below = wanted.slice(found.host.length);
  return escapeDollar(`${folder}/${openFolders.sent}/${found.path}${below}`);
}

/** What was sent of the inside of a folder that as a whole was not sent. */
export function sentInside(source: string, paths: readonly SentPath[]): readonly string[] {
  const wanted = plain(unescapeDollar(source));
  if (paths.some(({ host }) => wanted === host || wanted.startsWith(`${host}/`))) return [];
  return paths.filter(({ host }) => host.startsWith(`${wanted}/`)).map(({ path }) => path);
}

/** Where a path of the repository would lie on the host: the first compose file's folder is the project directory. */
export function hostPathOf(path: string, firstCompose: string, directory: string): string {
  const from = firstCompose.split('/').slice(0, -1);
  const to = path.split('/').filter((part) => part !== '' && part !== '.');
  const home = from.filter((part) => part !== '' && part !== '.');
  let common = 0;
  while (common < home.length && home[common] === to[common]) common += 1;
  const up = home.length - common;
  const top = plain(directory).split('/');
  const kept = top.slice(0, Math.max(1, top.length - up));
  return [...kept, ...to.slice(common)].join('/');
}
