import { z } from 'zod';
import type { DatabaseSettings } from '../domain/backup/database';
import { refusal, type Problem } from '../domain/problem';
import { databasesOf } from './backup';
import { backupSchema } from './backup-schema';
import type { Report } from './checks';
import { chooseEnvironment, mergeEnvironment } from './environment';
import type { HostAddress } from './host-address';
import { problemsOfIssues, spell } from './issues';
import { configSchema } from './schema';
import { hostsOf, proxyJumpOf } from './servers';
import { readYaml, type Path, type YamlSource } from './yaml-source';

/** What a backup on its own needs to know. */
export interface BackupConfig {
  readonly app: string;
  readonly environment: string;
  /** Where the databases are: the first of the hosts. */
  readonly host: HostAddress;
  readonly proxyJump: readonly HostAddress[];
  /** Compose project of the databases; null = the one that runs there. */
  readonly project: string | null;
  readonly directory: string | null;
  readonly databases: readonly DatabaseSettings[];
}

export interface BackupOverrides {
  readonly hosts: readonly string[];
  readonly proxyJump: string | undefined;
  /** Keys of the one database that the inputs describe; null = those of the file. */
  readonly database: Readonly<Record<string, unknown>> | null;
  /** Keys that are laid over each database. */
  readonly over: Readonly<Record<string, unknown>>;
}

const shape = configSchema.shape;
// What else stands in the file is the affair of those who release by it.
const wholeFile = z.object({
  app: shape.app,
  project: shape.project,
  directory: shape.directory,
  backup: backupSchema,
  hosts: z.union([z.string(), z.array(z.string())]).optional(),
  'proxy-jump': z.string().optional(),
});

/**
 * The part of `shiplock.yml` that a backup needs, with the inputs laid over it; throws one refusal with every problem.
 * @param text null = there is no file: then the app has the name of the repository
 */
export function loadBackup(
  text: string | null,
  options: {
    readonly file: string;
    readonly environment: string | undefined;
    readonly app: string;
    readonly overrides: BackupOverrides;
  },
): BackupConfig {
  const { file, environment, app, overrides } = options;
  const source = text === null ? noFile(app) : readYaml(text);
  if (!('data' in source)) throw refusal(file, source);
  const chosen = chooseEnvironment(source.data, environment);
  if (!('name' in chosen)) throw refusal(file, [chosen]);
  const merged = mergeEnvironment(source.data as Record<string, unknown>, chosen.name);
  const data = { ...merged, backup: entriesOf(merged['backup'], overrides) };
  const parsed = wholeFile.safeParse(data);
  if (!parsed.success) {
    const found = problemsOfIssues(parsed.error, { ...source, data });
    throw refusal(
      file,
      found.map((problem) => asInput(problem, overrides)),
    );
  }
  const problems: Problem[] = [];
  const report: Report = (path, says, fix) => {
    const own = ['environments', chosen.name, ...path];
    const at: Path = source.has(own) ? own : path;
    problems.push(asInput({ path: spell(at), says, fix, line: source.lineOf(at) }, overrides));
  };
  const config = configOf(parsed.data, chosen.name, overrides, report);
  if (problems.length > 0 || config === null) throw refusal(file, problems);
  return config;
}

function configOf(
  parsed: z.output<typeof wholeFile>,
  environment: string,
  { hosts, proxyJump }: BackupOverrides,
  report: Report,
): BackupConfig | null {
  const overrides = { hosts, proxyJump };
  const [host] = hostsOf(parsed, environment, overrides, report);
  const jumps = proxyJumpOf(parsed, overrides, report);
  const databases = databasesOf(parsed.backup, report);
  if (databases.length === 0) {
    const fix = 'list the databases there, or describe one by the inputs engine, service, database';
    report(['backup'], 'names no database', fix);
  }
  if (host === undefined) return null;
  return {
    ...{ app: parsed.app, environment, host, proxyJump: jumps, databases },
    project: parsed.project ?? null,
    directory: parsed.directory?.replace(/(?<=[^/])\/+$/, '') ?? null,
  };
}

/** The inputs' one database instead of the file's; what is laid over all goes over each. */
function entriesOf(entries: unknown, { database, over }: BackupOverrides): unknown {
  const list = database === null ? (entries ?? []) : [database];
  if (!Array.isArray(list)) return list;
  return list.map((entry: unknown) =>
    typeof entry === 'object' && entry !== null ? { ...entry, ...over } : entry,
  );
}

/** A problem of what the inputs describe is told by their names; the file has no line of it. */
function asInput(problem: Problem, { database }: BackupOverrides): Problem {
  if (database === null || !problem.path.startsWith('backup[0]')) return problem;
  const { says, fix } = problem;
  const key = problem.path.slice('backup[0]'.length + 1).replace(/\[.*/, '');
  return { path: `input ${key === '' ? 'engine' : key}`, says, fix };
}

function noFile(app: string): YamlSource {
  return { data: { app }, lineOf: () => undefined, has: () => false };
}
