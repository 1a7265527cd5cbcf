import type { AdoptionRequest } from './driver';

/** The steps that prepare a proxy, numbered, after what should be known before them. */
export function inOrder(proxy: string, first: readonly string[], steps: readonly string[]): string {
  return [
    `Prepare ${proxy} once, in this order; it goes on serving all the time. Then run again.`,
    ...first,
    ...steps.map((step, index) => `${index + 1}. ${step}`),
  ].join('\n\n');
}

/** Writes our file, which nothing reads yet. */
export function fileStep(
  { hostDir, user, typed }: AdoptionRequest,
  include: string,
  text: string,
): string {
  return [
    `On the server, as ${user}, paste this. It writes a file that nothing reads yet:\n`,
    typed(['mkdir', '-p', hostDir]),
    `cat > ${typed([include])} <<'END'`,
    `${text}END`,
  ].join('\n');
}

/** Mounts the folder, which makes the proxy anew once. */
export function mountStep(
  { directory, hostDir, project, typed }: AdoptionRequest,
  proxyService: string,
  usualDir: string,
): string {
  const up = ['docker', 'compose', '-p', project, 'up', '-d', '--no-deps', proxyService];
  return [
    'In the compose file, on the server and in the repository, mount the folder (not a single file: it would keep showing its first state):\n',
    `services:\n  ${proxyService}:\n    volumes:\n      - ${relativeTo(directory, hostDir)}:${usualDir}:ro\n`,
    '   and let Compose make the proxy anew, which breaks connections for a moment, once:\n',
    `${typed(['cd', directory])} && ${typed(up)}`,
  ].join('\n');
}

/** A new mount makes the proxy anew; a folder inside one that is there does not. */
export function shorterWay(
  { mounts, directory }: AdoptionRequest,
  proxy: string,
  usualDir: string,
): string[] {
  const above = usualDir.slice(0, usualDir.lastIndexOf('/'));
  const mounted = mounts.find(({ destination }) => isFolderIn(above, destination));
  if (mounted === undefined) return [];
  const dir = relativeTo(directory, `${mounted.source.replace(/\/+$/, '')}/shiplock`);
  return [
    `The shorter way: ${proxy} sees ${mounted.source} already, as ${mounted.destination}. Write config-dir: ${dir.replace(/^\.\//, '')} under proxy in shiplock.yml and run again: the steps are told for that folder then, without a mount and without making ${proxy} anew.`,
  ];
}

/** A mounted file has an ending of its kind, or is the Caddyfile; `conf.d` is a folder's. */
function isFolderIn(above: string, path: string): boolean {
  return (
    `${path}/`.startsWith(`${above}/`) &&
    !/\.(?!d$)\w+$|\/Caddyfile$/.test(path.replace(/\/+$/, ''))
  );
}

/** The path as a compose file in that folder would write it. */
export function relativeTo(directory: string, path: string): string {
  const inside = `${directory.replace(/\/+$/, '')}/`;
  return path.startsWith(inside) ? `./${path.slice(inside.length)}` : path;
}
