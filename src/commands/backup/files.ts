import { readSections, sectionHelpers } from '../remote-script';
import { script } from '../shell';
import { throwAwayArgv, type ThrowAway } from './throw-away';

/** How the files of a host are reached: as its own root, or by a container's that has the host's tools. */
export type FilesReach =
  | { readonly by: 'host' }
  | ({ readonly by: 'container' } & Pick<ThrowAway, 'docker' | 'image' | 'mark'>);

/** Where the throw-away container has the whole host, and what it may do there beside reading and giving away: to become the host. */
const hostRoot = '/host';
const capabilities = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'MKNOD',
  'SETFCAP',
  'SYS_CHROOT',
];
const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Argv of a script that may read every file of the host, with the host's own tools: those know owners, ACLs and attributes, as BusyBox
 * in an image does not. The host is read-only for it but for the folders in `writes`.
 */
export function filesArgv(
  reach: FilesReach,
  text: string,
  args: readonly string[],
  writes: readonly string[] | 'all' = [],
): readonly string[] {
  if (reach.by === 'host') return ['env', 'LC_ALL=C', ...script(text, args)];
  const folders = writes === 'all' ? [] : writes;
  const mounts = Object.fromEntries([
    [hostRoot, { source: '/', readOnly: writes !== 'all' }],
    ...folders.map(
      (folder) => [`${hostRoot}${folder}`, { source: folder, readOnly: false }] as const,
    ),
  ]);
  const setting = { ...reach, mounts, capabilities, environment: [path] };
  // By its path: BusyBox would take its own sh.
  const [, ...rest] = script(text, args);
  return throwAwayArgv(setting, ['chroot', hostRoot, '/bin/sh', ...rest]);
}

/** One entry as tar gets it: a folder, and a name in it. */
export interface FilesEntry {
  readonly folder: string;
  readonly name: string;
}

/** `/srv/app/.env` is `.env` in `/srv/app`; the whole of a folder that is a volume is `.` in it. */
export function entryOf(path: string, whole: boolean): FilesEntry {
  const trimmed = path.replace(/\/+$/, '');
  if (whole || trimmed === '') return { folder: trimmed === '' ? '/' : trimmed, name: '.' };
  const cut = trimmed.lastIndexOf('/');
  return { folder: cut === 0 ? '/' : trimmed.slice(0, cut), name: `./${trimmed.slice(cut + 1)}` };
}

/** Looks at one entry (`$1` folder, `$2` name): what it is, how large, how many files, and whether the tools are those of GNU. */
export const filesLookScript = `${sectionHelpers}
for tool in tar find sort comm sha256sum; do
  "$tool" --version 2>/dev/null | head -n 1 | grep -q GNU || say missing "$tool"
done
say tar "$(tar --version 2>/dev/null | head -n 1)"
cd "$1" 2>/dev/null && { [ -e "$2" ] || [ -L "$2" ]; } || exit 0
say real "$(readlink -f "$2")"
say bytes "$(du -sb -- "$2" 2>/dev/null | cut -f 1)"
say files "$(find "$2" ! -type d -printf . 2>/dev/null | wc -c)"
exit 0`;

/** What a look gave. */
export interface FilesSeen {
  /** Tools that are not those of GNU, or not there. */
  readonly missing: readonly string[];
  readonly tar: string;
  /** Behind links; null = nothing is there. */
  readonly real: string | null;
  readonly bytes: number;
  readonly files: number;
}

/** Reads it. */
export function parseFilesLook(output: string): FilesSeen {
  const sections = readSections(output);
  const one = (name: string): string | null => sections.get(name)?.[0] ?? null;
  return {
    missing: sections.get('missing') ?? [],
    tar: one('tar') ?? '',
    real: one('real'),
    bytes: Number(one('bytes') ?? 0),
    files: Number(one('files') ?? 0),
  };
}

/** Writes `$2` of folder `$1` to stdout as tar, with owners by number, ACLs and attributes. */
export const filesPackScript = `cd "$1" && exec tar --create --format=posix --numeric-owner --acls --xattrs --xattrs-include='*' --file=- -- "$2"`;

/** How many entries of the tar `$1` are no folders. */
const countFunction = `count() { tar --list --verbose --quoting-style=escape --file=- <"$1" | grep -vc '^d'; }
`;

/**
 * The host's side: `$1` file, the rest the argv of the tar. Its code 1 means that a file changed while it was read, which is no failure
 * here. Prints the code, and how many files the tar holds.
 */
export const filesReceiveScript = `${countFunction}to=$1; shift
"$@" >"$to" 2>"$to.said"
code=$?
[ "$code" -le 1 ] || { grep -v 'socket ignored' "$to.said" | head -n 2 >&2; rm -f "$to.said"; exit "$code"; }
rm -f "$to.said"
echo "$code"
count "$to"
exit 0`;

/** Reads a tar to its end: one that was cut between two files ends with 0 for tar, but without the mark of two empty blocks. */
export const filesReadScript = `${countFunction}tar --list --file=- <"$1" >/dev/null || exit $?
[ "$(tail -c 1024 "$1" | tr -d '\\0' | wc -c)" -eq 0 ] || { echo 'the archive has no end' >&2; exit 3; }
count "$1"
exit 0`;

/**
 * What lies below `$2` of folder `$1`: records ended by NUL, as names may hold anything else, each a path, `//` and kind, owner and mode, or
 * SHA-256. Sorted, so that two lists can be compared. A file that is gone in this moment is missing, which the comparison tells.
 */
export const filesListScript = `cd "$1" || exit 1
{ find "$2" \\( -type f -printf '%p//f %m %U:%G %s\\0' \\) -o \\( -type l -printf '%p//l %U:%G %l\\0' \\) \\
  -o \\( -type d -printf '%p//d %m %U:%G\\0' \\) -o \\( ! -type s -printf '%p//%y %m %U:%G\\0' \\)
  find "$2" -type f -print0 | xargs -0 -r sha256sum -z -- | sed -z 's,^\\(.\\{64\\}\\)  \\(.*\\)$,\\2//h \\1,'
} 2>/dev/null | sort -z`;

/** Paths below `$2` of folder `$1` that changed since `$3` (epoch seconds); a folder does when something comes or goes. */
export const filesChangedScript = `cd "$1" && find "$2" -newerct "@$3" -printf '%p\\0'`;

/** Unpacks stdin into the new folder `$1`. */
export const filesUnpackScript = `umask 077; mkdir -p -- "$1" && exec tar --extract --numeric-owner --same-owner --same-permissions --acls --xattrs --xattrs-include='*' --file=- --directory="$1"`;

/** Records of the lists `$1` and `$2` that the other one has not: those of the second with a tab before. */
export const filesCompareScript = `LC_ALL=C comm -z -3 -- "$1" "$2"`;

/** A record that only one of two lists has. */
export interface ListDifference {
  readonly path: string;
  readonly what: string;
  readonly only: 'first' | 'second';
}

/** Reads what the comparison printed. */
export function parseDifferences(output: string): readonly ListDifference[] {
  return parsePaths(output).map((record) => {
    const only = record.startsWith('\t') ? 'second' : 'first';
    const text = only === 'second' ? record.slice(1) : record;
    const end = text.indexOf('//');
    return { path: text.slice(0, end), what: text.slice(end + 2), only };
  });
}

/** Texts that end with NUL each. */
export function parsePaths(output: string): readonly string[] {
  return output.split('\0').filter((text) => text !== '');
}

/** Where a volume lies on the host. */
export interface VolumePlace {
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
  readonly mountpoint: string;
}

/** Argv that asks for it. */
export const volumeArgv = (docker: readonly string[], name: string): readonly string[] => [
  ...docker,
  ...['volume', 'inspect', '--format', '{{json .}}', '--', name],
];

/** Reads the answer. */
export function parseVolume(output: string): VolumePlace {
  const { Driver, Options, Mountpoint } = JSON.parse(output) as {
    Driver: string;
    Options: Record<string, string> | null;
    Mountpoint: string;
  };
  return { driver: Driver, options: Options ?? {}, mountpoint: Mountpoint };
}
