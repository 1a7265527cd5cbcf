import type { Problem } from '../problem';

/** pg_dump refuses a newer server itself, but says so only when the backup is wanted. */
export function judgeVersions(number: string, server: string, tool: string): readonly Problem[] {
  const [major, minor] = [
    Math.floor(Number(number) / 10_000),
    Math.floor(Number(number) / 100) % 100,
  ];
  const [toolMajor = 0, toolMinor = 0] = tool.split('.').map(Number);
  // Before 10 the second number counted too: 9.2 and 9.6 are as far apart as 12 and 16.
  if (toolMajor > major || (toolMajor === major && (major >= 10 || toolMinor >= minor))) return [];
  return [
    {
      path: '',
      says: `pg_dump is ${tool}, the server is ${server}: an older client cannot dump a newer server`,
      fix: `install postgresql-client-${major >= 10 ? major : `${major}.${minor}`} there`,
    },
  ];
}

/** What the user may not read, or sees only a part of, each with the statement that gives it. */
export function judgeRights(
  role: string,
  facts: ReadonlyMap<string, readonly string[]>,
): readonly Problem[] {
  const user = `"${role.replaceAll('"', '""')}"`;
  const all = (name: string): readonly string[] => facts.get(name) ?? [];
  const missing = (kind: string, says: string, grant: (names: string) => string): Problem[] =>
    all(kind).length === 0
      ? []
      : [
          {
            path: 'user',
            says: `${user} ${says} ${listed(all(kind))}`,
            fix: grant(all(kind).join(', ')),
          },
        ];
  return [
    ...missing(
      'schema',
      'may not use the schemas',
      (names) => `GRANT USAGE ON SCHEMA ${names} TO ${user};`,
    ),
    ...missing(
      'table',
      'may not read all tables in',
      (names) => `GRANT SELECT ON ALL TABLES IN SCHEMA ${names} TO ${user};`,
    ),
    ...missing(
      'sequence',
      'may not read all sequences in',
      (names) => `GRANT SELECT ON ALL SEQUENCES IN SCHEMA ${names} TO ${user};`,
    ),
    ...missing(
      'rls',
      'sees only a part of the rows (row-level security) of',
      () => `ALTER ROLE ${user} BYPASSRLS;`,
    ),
  ];
}

function listed(names: readonly string[]): string {
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return `${names.slice(0, 5).join(', ')}${more}`;
}
