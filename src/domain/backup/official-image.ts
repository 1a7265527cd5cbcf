/** A kind of server that its publisher has an image of, by the name that it goes by there. */
export type PublishedServer = keyof typeof published;

interface Published {
  readonly repository: string;
  /** How many numbers of a version make a series: within one, any server takes what another one wrote. */
  readonly numbers: (major: number) => number;
}

const two = (): number => 2;

const published = {
  // Before 10 a series had two numbers.
  postgres: { repository: 'postgres', numbers: (major) => (major < 10 ? 2 : 1) },
  mariadb: { repository: 'mariadb', numbers: two },
  mysql: { repository: 'mysql', numbers: two },
  // Not by the major alone: the format of a dump moves with the minor (7.2 and 7.4 do), and an older server refuses the newer one.
  redis: { repository: 'redis', numbers: two },
  valkey: { repository: 'valkey/valkey', numbers: two },
} as const satisfies Readonly<Record<string, Published>>;

/**
 * The publisher's image of the same series, on Docker Hub; null when the version says nothing.
 * @param version as the server calls itself: `17.4 (Debian 17.4-1)`, `5.5.5-10.11.6-MariaDB-log`
 */
export function officialImage(kind: PublishedServer, version: string): string | null {
  const { repository, numbers }: Published = published[kind];
  // Old MariaDB servers put that before their version, for the sake of old replicas.
  const found = /^(\d+)(?:\.(\d+))?/.exec(version.replace(/^5\.5\.5-(?=\d+\.)/, ''));
  const [, major = '', minor] = found ?? [];
  if (found === null) return null;
  if (numbers(Number(major)) === 1) return `${repository}:${major}`;
  return minor === undefined ? null : `${repository}:${major}.${minor}`;
}
