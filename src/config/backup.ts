import { serverNames, sourceOf, type DatabaseSettings } from '../domain/backup/database';
import type { KeepRule } from '../domain/backup/keep-rule';
import { parseImageSize } from '../domain/images/image-size';
import type { DatabaseInput } from './backup-schema';
import type { Report } from './checks';

/** Which engines a key says something about; keys that are not here are for all. */
const keysOf: Readonly<Partial<Record<keyof DatabaseInput, readonly string[]>>> = {
  database: ['postgres', 'mysql', 'mariadb'],
  path: ['sqlite', 'files'],
  'url-env': serverNames,
  user: serverNames,
  'password-env': serverNames,
  'scratch-image': serverNames,
  command: ['command'],
  'verify-command': ['command'],
};

/** The databases of `backup:`, every key judged. @param at path of one entry, or of a key of it */
export function databasesOf(
  inputs: readonly DatabaseInput[],
  report: Report,
): readonly DatabaseSettings[] {
  const all = inputs.map((input, index) => databaseOf(input, ['backup', index], report));
  const sources = all.map(sourceOf);
  sources.forEach((source, index) => {
    if (sources.indexOf(source) === index) return;
    report(['backup', index], `${source} is listed twice`, 'list it once');
  });
  return all;
}

/** One database. */
export function databaseOf(
  input: DatabaseInput,
  at: readonly PropertyKey[],
  report: Report,
): DatabaseSettings {
  checkKeys(input, at, report);
  return {
    engine: input.engine,
    service: input.service ?? null,
    database: input.database ?? null,
    paths: listOf(input.path),
    urlEnv: input['url-env'] ?? null,
    user: input.user ?? null,
    passwordEnv: input['password-env'] ?? null,
    lockTables: input['lock-tables'],
    command: input.command ?? null,
    verifyCommand: input['verify-command'] ?? null,
    verify: input.verify ?? null,
    scratchImage: input['scratch-image'] ?? null,
    verifyLimitBytes: parseImageSize(input['verify-limit']) ?? 0,
    keep: keepRuleOf(input),
    allowEmpty: input['allow-empty'],
    allowShrink: input['allow-shrink'],
    encryptTo: listOf(input['encrypt-to']),
    s3Url: input['s3-url'] ?? null,
    resticRepository: input['restic-repository'] ?? null,
  };
}

const listOf = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

function keepRuleOf({ keep, 'keep-days': days }: DatabaseInput): KeepRule {
  const none = { last: 0, daily: 0, weekly: 0, monthly: 0 };
  return { ...none, ...(typeof keep === 'number' ? { last: keep } : keep), days };
}

function checkKeys(input: DatabaseInput, at: readonly PropertyKey[], report: Report): void {
  const { engine } = input;
  for (const [key, engines] of Object.entries(keysOf)) {
    if (input[key as keyof DatabaseInput] === undefined || engines.includes(engine)) continue;
    report(
      [...at, key],
      `says nothing about ${engine}`,
      `leave it out; it is for ${engines.join(', ')}`,
    );
  }
  const need = (key: keyof DatabaseInput, fix: string): void => {
    if (input[key] === undefined) report([...at, key], `is missing for ${engine}`, fix);
  };
  if (engine === 'sqlite') need('path', 'name the file of the database');
  if (engine === 'files') need('path', 'name paths on the host, or volume:<name>');
  if (engine === 'command') {
    need('command', 'write the command that prints the dump');
    need('verify-command', 'write the command that reads the dump and fails when it is not good');
  }
  if (engine === 'sqlite' && listOf(input.path).length > 1) {
    report([...at, 'path'], 'names more than one file', 'give each database an entry of its own');
  }
  if (input['lock-tables'] && engine !== 'mysql' && engine !== 'mariadb') {
    report([...at, 'lock-tables'], `says nothing about ${engine}`, 'leave it out');
  }
  if (input.keep === 0 && input['keep-days'] === 0) {
    report([...at, 'keep'], 'keeps no backup at all', 'keep at least 1');
  }
}
