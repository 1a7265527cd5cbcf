import type { Finding } from './finding';

/** Hashes a text to 32 hex digits; the same in every run. */
export type Hash = (text: string) => string;

/** The name that a finding keeps from run to run. */
export interface Identity {
  readonly identity: string;
  /** Tells findings of the same identity apart, counted from 1. */
  readonly twin: number;
}

/** The name as SARIF and the baseline have it. */
export const fingerprintOf = ({ identity, twin }: Identity): string => `${identity}:${twin}`;

/**
 * Names findings by rule, package without version, target and mark: lines and versions move without anything having
 * changed. Twins are counted in the order of their places, so that their names do not depend on the order of a report.
 * The findings get their names in place: there may be hundreds of thousands.
 */
export function identify<Found extends Finding>(
  findings: readonly Found[],
  hash: Hash,
): readonly (Found & Identity)[] {
  const first = new Map<string, Found & { twin: number }>();
  const twins = new Map<string, (Found & { twin: number })[]>();
  const named = findings.map((finding) => {
    const identity = hash(identityOf(finding));
    const one = Object.assign(finding, { identity, twin: 1 });
    const before = first.get(identity);
    if (before === undefined) first.set(identity, one);
    else twins.set(identity, append(twins.get(identity) ?? [before], one));
    return one;
  });
  for (const same of twins.values())
    same
      .sort((one, other) => compare(placeOf(one), placeOf(other)))
      .forEach((one, index) => {
        one.twin = index + 1;
      });
  return named;
}

function identityOf(finding: Finding): string {
  const { class: of, rule, tool, target, mark, package: found } = finding;
  const name = found === null ? '' : (purlWithoutVersion(found.purl) ?? found.name);
  return [of, tool, rule.id, name, found?.path ?? '', target, mark].join('\n');
}

const placeOf = ({ line, package: found, nativeId }: Finding): string =>
  [String(line ?? 0).padStart(9, '0'), found?.version ?? '', nativeId].join('\n');

/** In place: a rule may be broken in every line of a repository. */
function append<One>(list: One[], one: One): One[] {
  list.push(one);
  return list;
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** `pkg:deb/debian/libc6@2.36?arch=amd64` without version and qualifiers. */
export function purlWithoutVersion(purl: string | null): string | null {
  if (purl === null) return null;
  const plain = purl.replace(/[?#].*$/s, '');
  const at = plain.lastIndexOf('@');
  return at > plain.lastIndexOf('/') ? plain.slice(0, at) : plain;
}
