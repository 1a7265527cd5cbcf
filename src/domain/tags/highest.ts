import type { RuleOutcome, VersionLine } from './rule-outcome';
import { semverScheme } from './versions';

/** Whether later versions of the line get the same tag, as `1.2` does and `1.2.3` does not. */
export function movesOn({ tag, line }: RuleOutcome): boolean {
  if (tag === null || line === null) return false;
  return nextVersions(line.source).some((next) => line.tagFor(next)?.tag() === tag);
}

/** Whether the tag is the name of one version and of no other; a fixed tag is when it reads as a whole version. */
export function ofOneVersion(outcome: RuleOutcome): boolean {
  const { rule, tag, line } = outcome;
  if (tag === null) return false;
  if (rule.type === 'raw') return semverScheme.read(tag) !== null;
  return line !== null && !movesOn(outcome);
}

/** Why the tag must stay where it is; null when this version is the highest that it belongs to. */
export function whyHeld({ tag, line }: RuleOutcome, gitTags: readonly string[]): string | null {
  return line === null ? null : held(line, gitTags, (other) => other === tag);
}

/** Why `latest` must stay where it is; null when this version is the highest of all. */
export function whyLatestHeld({ line }: RuleOutcome, gitTags: readonly string[]): string | null {
  return line === null ? null : held(line, gitTags, () => true);
}

function held(
  { scheme, current, tagFor }: VersionLine,
  gitTags: readonly string[],
  belongs: (tag: string) => boolean,
): string | null {
  if (current.unfinished) return `${current.version} is not final`;
  let found: string | null = null;
  for (const gitTag of gitTags) {
    const other = tagFor(gitTag);
    if (other === null || other.unfinished) continue;
    const order = scheme.compare(other.version, found ?? current.version);
    if (order !== null && order > 0 && belongs(other.tag())) found = other.version;
  }
  return found === null ? null : `${found} is higher than ${current.version}`;
}

/** The text with one number after the other made higher by one: `v1.2.3` → `v2.2.3`, `v1.3.3`, `v1.2.4`. */
function nextVersions(text: string): readonly string[] {
  return [...text.matchAll(/\d+/g)].map(({ 0: digits, index }) => {
    const next = String(BigInt(digits) + 1n);
    return text.slice(0, index) + next + text.slice(index + digits.length);
  });
}
