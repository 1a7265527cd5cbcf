/** Makes the folder for a copy that is fetched (`$1`), unless the backup that it will be (`$2`) is there already. Under the lock. */
export const startFetchScript = `set -eu
umask 077
if [ -e "$2" ]; then echo "$2 is there already" >&2; exit 1; fi
rm -rf "$1"
mkdir -p "$1"
`;
