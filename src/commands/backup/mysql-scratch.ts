import { script } from '../shell';

/** Where the scratch server listens; it has no network. */
const socket = '/scratch/server.sock';

/** What a scratch server needs to be like its model. */
export interface ScratchModel {
  readonly lowerCaseTableNames: string;
  readonly innodbPageSize: string;
}

/**
 * A new, empty server from whatever the image has: the images of MySQL and of MariaDB, and Debian's packages, differ in the names of
 * both programs. The event scheduler stays off: restored events would change what is counted.
 */
export function scratchBoot({ lowerCaseTableNames, innodbPageSize }: ScratchModel): string {
  return `set -eu
PATH=$PATH:/usr/sbin:/usr/local/sbin; export PATH
mkdir -p /scratch/data /scratch/tmp
server=$(command -v mariadbd || command -v mysqld)
owner=mysql; id "$owner" >/dev/null 2>&1 || owner=root
chown -R "$owner" /scratch
set -- --no-defaults --user="$owner" --datadir=/scratch/data --tmpdir=/scratch/tmp \\
  --lower-case-table-names=${lowerCaseTableNames} --innodb-page-size=${innodbPageSize}
if "$server" --version | grep -qi mariadb; then
  install=$(command -v mariadb-install-db || command -v mysql_install_db)
  "$install" "$@" --auth-root-authentication-method=normal --skip-test-db >/dev/null
else
  set -- "$@" --mysqlx=OFF --secure-file-priv=NULL
  "$server" "$@" --initialize-insecure
fi
exec "$server" "$@" --socket=${socket} --pid-file=/scratch/server.pid --skip-networking --performance-schema=OFF \\
  --event-scheduler=OFF --skip-log-bin --log-bin-trust-function-creators=1 --max-allowed-packet=1G
`;
}

/** The scratch server's client, as its root, who has no password. @param args may name the database */
export function scratchClient(args: readonly string[]): readonly string[] {
  const start = `client=$(command -v mariadb || command -v mysql) || exit 127
exec "$client" --no-defaults --socket=${socket} --user=root --max-allowed-packet=1G --default-character-set=utf8mb4 "$@"`;
  return script(start, args);
}
