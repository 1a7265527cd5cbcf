import { script } from '../shell';

export type MysqlFlavour = 'mariadb' | 'mysql';

/** The client and the dump tool where the database is. */
export interface MysqlTools {
  /** Program names; '' = there is none. */
  readonly client: string;
  readonly dump: string;
  readonly flavour: MysqlFlavour;
  /** Of the dump tool, `11.8.9`; '' when it cannot be read. */
  readonly version: string;
  /** Options that not every dump tool knows, and this one does. */
  readonly knows: readonly string[];
}

const sometimesKnown = [
  'set-gtid-purged',
  'column-statistics',
  'masking-policies',
  'init-command',
  'network-timeout',
] as const;

/** What each is called: newer MariaDB images have only its own names, and Debian's `mysqldump` may be MariaDB's. */
const findTools = `first() { for name in "$@"; do if command -v "$name" >/dev/null 2>&1; then echo "$name"; return; fi; done; }
client=$(first mariadb mysql) dump=$(first mariadb-dump mysqldump)
echo "client $client"; echo "dump $dump"
[ -n "$dump" ] || exit 0
echo "version $("$dump" --no-defaults --version </dev/null 2>&1)"
help=$("$dump" --no-defaults --help </dev/null 2>/dev/null)
for option in ${sometimesKnown.join(' ')}; do case $help in *"--$option"*) echo "knows $option" ;; esac; done
`;

/** Prints which tools there are; read by `parseTools`. */
export const toolsWords = script(findTools);

/** Reads what `toolsWords` printed. */
export function parseTools(output: string): MysqlTools {
  const values = (key: string): readonly string[] =>
    output
      .split('\n')
      .flatMap((line) => (line.startsWith(`${key} `) ? [line.slice(key.length + 1).trim()] : []));
  const said = values('version')[0] ?? '';
  return {
    client: values('client')[0] ?? '',
    dump: values('dump')[0] ?? '',
    flavour: flavourOf(said),
    version: versionOf(said),
    knows: values('knows'),
  };
}

/** Whose tool or server that is, by what it says of itself. */
export const flavourOf = (said: string): MysqlFlavour =>
  /mariadb/i.test(said) ? 'mariadb' : 'mysql';

/**
 * `mysqldump  Ver 8.0.40 for Linux`, `mysqldump  Ver 10.13 Distrib 5.7.44, for Linux`, `mariadb-dump from 11.8.9-MariaDB, client 10.20`,
 * and of a server `5.5.5-10.11.6-MariaDB-log` (the prefix is for old replicas).
 */
function versionOf(said: string): string {
  const found = /(?:from|Distrib) (\d+\.\d+\.\d+)/.exec(said) ?? /\bVer (\d+\.\d+\.\d+)/.exec(said);
  return found?.[1] ?? '';
}

/** The version in a server's `version()`. */
export function serverVersionOf(said: string): string {
  return /^(?:5\.5\.5-)?(\d+\.\d+\.\d+)/.exec(said)?.[1] ?? '';
}

/** Whether a tool is of an older series than the server: its patch level does not matter. */
export function isOlder(tool: string, server: string): boolean {
  const [toolMajor = 0, toolMinor = 0] = tool.split('.').map(Number);
  const [major = 0, minor = 0] = server.split('.').map(Number);
  return toolMajor < major || (toolMajor === major && toolMinor < minor);
}
