import picomatch from 'picomatch';
import type { Problem } from '../problem';
import type { Finding, FindingClass } from './finding';
import { purlWithoutVersion } from './identity';

/** One finding, or a few of a kind, that a team lives with for a while. */
export interface Ignore {
  /** Rule, one of its other names, or another tool's name for exactly this finding. */
  readonly id: string;
  /** null = any class. */
  readonly class: FindingClass | null;
  /** Package URLs, with or without version. Empty = any package. */
  readonly packages: readonly string[];
  /** Globs; a finding must lie in one of them. Empty = anywhere. */
  readonly paths: readonly string[];
  readonly reason: string;
  /** From this instant on it does not work any more; null = never. */
  readonly expires: Date | null;
  /** File and line, or config path, for people. */
  readonly origin: string;
  /** A file of another tool, whose users may not know what is wanted here. */
  readonly foreign: boolean;
}

const day = 24 * 60 * 60 * 1000;

export interface IgnoreJudgement {
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
  /** Those that work. */
  readonly active: readonly Ignore[];
  readonly expired: readonly Ignore[];
}

/** Which ignores work, and what is wrong with them. @param lifetime longest life in days */
export function judgeIgnores(
  ignores: readonly Ignore[],
  rules: { readonly now: Date; readonly lifetime: number; readonly strict: boolean },
): IgnoreJudgement {
  const { now, lifetime, strict } = rules;
  const problems: Problem[] = [];
  const warnings: string[] = [];
  for (const ignore of ignores)
    for (const { says, fix } of faultsOf(ignore, now, lifetime)) {
      if (ignore.foreign && !strict) warnings.push(`${ignore.origin}: ${ignore.id} ${says}`);
      else problems.push({ path: ignore.origin, says: `${ignore.id} ${says}`, fix });
    }
  const isExpired = ({ expires }: Ignore): boolean => expires !== null && expires <= now;
  return {
    problems,
    warnings,
    active: ignores.filter((ignore) => !isExpired(ignore)),
    expired: ignores.filter(isExpired),
  };
}

function faultsOf(
  { reason, expires }: Ignore,
  now: Date,
  lifetime: number,
): readonly Pick<Problem, 'says' | 'fix'>[] {
  const latest = new Date(now.getTime() + lifetime * day).toISOString().slice(0, 10);
  const faults = [];
  if (reason.trim() === '')
    faults.push({ says: 'has no reason', fix: 'say why it may be ignored' });
  if (expires === null)
    faults.push({ says: 'never expires', fix: `give it a date, ${latest} at the latest` });
  else if (expires.getTime() - now.getTime() > lifetime * day)
    faults.push({
      says: `lives longer than ${lifetime} days`,
      fix: `let it expire on ${latest} or before`,
    });
  return faults;
}

/** Finds the ignore of a finding, and remembers which ones were of use. */
export function ignoreFinder(ignores: readonly Ignore[]): {
  readonly find: (finding: Finding) => Ignore | null;
  readonly unused: () => readonly Ignore[];
} {
  const byId = new Map<string, { ignore: Ignore; fits: (finding: Finding) => boolean }[]>();
  for (const ignore of ignores)
    byId.set(ignore.id, [...(byId.get(ignore.id) ?? []), { ignore, fits: matcher(ignore) }]);
  const used = new Set<Ignore>();
  return {
    find: (finding) => {
      if (byId.size === 0) return null;
      for (const id of [finding.rule.id, ...finding.rule.aliases, finding.nativeId]) {
        const hit = byId.get(id)?.find(({ fits }) => fits(finding))?.ignore;
        if (hit === undefined) continue;
        used.add(hit);
        return hit;
      }
      return null;
    },
    unused: () => ignores.filter((ignore) => !used.has(ignore)),
  };
}

function matcher(ignore: Ignore): (finding: Finding) => boolean {
  const inPath = ignore.paths.length === 0 ? null : picomatch([...ignore.paths], { dot: true });
  return (finding) => {
    if (ignore.class !== null && ignore.class !== finding.class) return false;
    // Trivy's own rule lets an entry for one package also hide a finding that names none.
    if (ignore.packages.length > 0 && !fitsPackage(ignore.packages, finding.package?.purl ?? null))
      return false;
    return (
      inPath === null || [finding.target, finding.package?.path ?? ''].some((path) => inPath(path))
    );
  };
}

function fitsPackage(wanted: readonly string[], purl: string | null): boolean {
  if (purl === null) return false;
  const names = [purl, purl.replace(/[?#].*$/s, ''), purlWithoutVersion(purl)];
  return wanted.some((one) => names.includes(one));
}
