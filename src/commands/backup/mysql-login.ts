import type { MysqlLogin, TlsMode } from '../../domain/backup/mysql-login';
import type { MysqlFlavour } from './mysql-tools';
import { script } from '../shell';

/** Argv of a tool that logs in, and what its stdin begins with: the login goes by stdin, never by argv. */
export interface LoggedIn {
  readonly argv: readonly string[];
  readonly header: string;
}

/**
 * Lines of stdin up to the first empty one are the option file, which the tool gets as descriptor 3; the rest of stdin stays its
 * own. Options of the user's own file would win over it: with a login, that one is not read.
 */
const loginScript = `options= file=$1; shift
while IFS= read -r line && [ -n "$line" ]; do options="$options$line
"; done
if [ -n "$file" ]; then
  password=$(sed 's/[\\\\"]/\\\\&/g' "$file") || exit 91
  options="\${options}password=\\"$password\\"
"
fi
program=$1; shift
[ -n "$options" ] || exec "$program" "$@"
HOME=/nonexistent; export HOME; unset MYSQL_HOST MYSQL_PWD MYSQL_TCP_PORT
exec "$program" --defaults-extra-file=/dev/fd/3 "$@" 3<<EOF
[client]
$options
EOF
`;

/** A tool of MySQL or MariaDB with its login. @param words program first; no `--defaults-…` among its options */
export function withLogin(
  login: MysqlLogin,
  flavour: MysqlFlavour,
  words: readonly string[],
): LoggedIn {
  const lines = optionLines(login, flavour).map((line) => `${line}\n`);
  const argv = script(loginScript, [login.passwordFile ?? '', ...words]);
  return { argv, header: `${lines.join('')}\n` };
}

function optionLines(login: MysqlLogin, flavour: MysqlFlavour): readonly string[] {
  const { user, password, host, port, tls, authority } = login;
  return [
    ...(user === null ? [] : [`user=${optionValue(user)}`]),
    ...(password === null ? [] : [`password=${optionValue(password)}`]),
    ...(host === null ? [] : [`host=${optionValue(host)}`, 'protocol=tcp']),
    ...(port === null ? [] : [`port=${port}`]),
    ...(tls === null ? [] : tlsLines(tls, flavour)),
    ...(authority === null ? [] : [`ssl-ca=${optionValue(authority)}`]),
  ];
}

/** MariaDB's client knows no `ssl-mode`. */
function tlsLines(tls: TlsMode, flavour: MysqlFlavour): readonly string[] {
  if (flavour === 'mysql') return [`ssl-mode=${tls.toUpperCase()}`];
  if (tls === 'disabled') return ['ssl=0'];
  const verifies = tls === 'verify_ca' || tls === 'verify_identity';
  return ['ssl=1', `ssl-verify-server-cert=${verifies ? 1 : 0}`];
}

/**
 * A value of an option file. Between double quotes only the backslash means something (my_getopt of both); a line break cannot be
 * in a password that a person types, and would end the line: it is written as they know it.
 */
function optionValue(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `"${escaped}"`;
}
