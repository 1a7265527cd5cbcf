/** Makes the folder for a copy that is fetched (`$1`), unless the backup that it will be (`$2`) is there already. */
export const startFetchScript = `set -eu
umask 077
if [ -e "$2" ]; then echo "$2 is there already" >&2; exit 1; fi
rm -rf "$1"
mkdir -p "$1"
`;

/** The folder `$1` gets its name `$2`, once all of it is on the disk. */
export const placeFetchedScript = `set -eu
rm -f "$1/held"
keep() { sync "$@" 2>/dev/null || sync; }
keep "$1"/* "$1"
[ ! -e "$2" ]
mv "$1" "$2"
keep "\${2%/*}"
`;

/** Prints the SHA-256 of a file. */
export function sumCommand(path: string): readonly string[] {
  return ['sha256sum', '--', path];
}

/** The sum in hex; '' when it is none. coreutils puts a backslash first where the name holds one. */
export function parseSum(output: string): string {
  return /^\\?([0-9a-f]{64}) /.exec(output)?.[1] ?? '';
}
