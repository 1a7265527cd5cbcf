import type { Problem } from '../domain/problem';
import type { FindingClass } from '../domain/scan/finding';
import type { Ignore } from '../domain/scan/ignore';
import { readYaml } from './yaml-source';

export interface IgnoreFile {
  readonly ignores: readonly Ignore[];
  readonly problems: readonly Problem[];
}

/** Files that are read when a repository has them. */
export const usualIgnoreFiles = ['.trivyignore', '.trivyignore.yaml', '.gitleaksignore'] as const;

/** Reads the ignore file of Trivy or gitleaks; its name tells which one it is. */
export function readIgnoreFile(name: string, text: string): IgnoreFile {
  if (/\.ya?ml$/.test(name)) return readTrivyYaml(name, text);
  if (name.endsWith('.gitleaksignore')) return readList(name, text, 'secret');
  return readList(name, text, null);
}

/**
 * One id a line, for Trivy with `exp:2026-01-31` behind it (pkg/result/ignore.go of Trivy, detect/detect.go of gitleaks). The comment
 * lines right above are the reason.
 */
function readList(name: string, text: string, of: FindingClass | null): IgnoreFile {
  const ignores: Ignore[] = [];
  const problems: Problem[] = [];
  let comment: string[] = [];
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = raw.trim();
    if (line.startsWith('#')) comment.push(line.replace(/^#+\s*/, ''));
    else if (line !== '') {
      const [id = '', ...rest] = line.split(/\s+/);
      const words = rest.filter((word) => !word.startsWith('#'));
      const [until] = words.filter((word) => word.startsWith('exp:'));
      const expires = until === undefined ? null : dayOf(until.slice(4));
      const origin = `${name}:${index + 1}`;
      if (expires === undefined)
        problems.push({
          path: origin,
          says: `${until ?? ''} is no date`,
          fix: 'write exp:YYYY-MM-DD',
        });
      else
        ignores.push({
          id,
          class: of,
          packages: [],
          paths: [],
          reason: comment.join(' ').trim(),
          expires,
          origin,
          foreign: true,
        });
      comment = [];
    } else comment = [];
  }
  return { ignores, problems };
}

/** undefined = it is none. */
function dayOf(text: string): Date | undefined {
  const date = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(date.getTime()) ? date : undefined;
}

const sections: Readonly<Record<string, FindingClass>> = {
  vulnerabilities: 'vulnerability',
  misconfigurations: 'misconfiguration',
  secrets: 'secret',
  licenses: 'licence',
};

function readTrivyYaml(name: string, text: string): IgnoreFile {
  const source = readYaml(text);
  if (!('data' in source))
    return { ignores: [], problems: source.map((one) => ({ ...one, path: name })) };
  const data = source.data ?? {};
  const problems: Problem[] = [];
  if (typeof data !== 'object' || Array.isArray(data))
    return {
      ignores: [],
      problems: [{ path: name, says: 'is no map', fix: 'write `vulnerabilities:` and a list' }],
    };
  const ignores = Object.entries(data).flatMap(([section, entries]: [string, unknown]) => {
    const of = sections[section];
    if (of === undefined || !Array.isArray(entries)) {
      const fix = `use ${Object.keys(sections).join(', ')}, each with a list`;
      problems.push({ path: name, says: `${section} is not known there`, fix });
      return [];
    }
    return entries.flatMap((entry: unknown, index): Ignore[] => {
      const line = source.lineOf([section, index]);
      const read = yamlIgnore(entry, of, line === undefined ? name : `${name}:${line}`);
      if ('id' in read) return [read];
      problems.push(read);
      return [];
    });
  });
  return { ignores, problems };
}

function yamlIgnore(entry: unknown, of: FindingClass, origin: string): Ignore | Problem {
  const values: Readonly<Record<string, unknown>> =
    typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : {};
  const { id, paths, purls, statement } = values;
  const wrong = (says: string, fix: string): Problem => ({ path: origin, says, fix });
  if (typeof id !== 'string' || id === '') return wrong('has no id', 'add `id:`');
  const until = values['expired_at'];
  const expires = until === undefined ? null : dateOf(until);
  if (expires === undefined) return wrong('expired_at is no date', 'write YYYY-MM-DD');
  const globs = textsOf(paths);
  const packages = textsOf(purls);
  if (globs === null || packages === null)
    return wrong('paths or purls is no list of texts', 'write a list');
  return {
    id,
    class: of,
    packages,
    paths: globs,
    reason: typeof statement === 'string' ? statement : '',
    expires,
    origin,
    foreign: true,
  };
}

function dateOf(value: unknown): Date | undefined {
  if (value instanceof Date) return value;
  return typeof value === 'string' ? dayOf(value.slice(0, 10)) : undefined;
}

function textsOf(value: unknown): readonly string[] | null {
  if (value === undefined) return [];
  return Array.isArray(value) && value.every((one): one is string => typeof one === 'string')
    ? value
    : null;
}
