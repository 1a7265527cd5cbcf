import { commentOf, type Excerpt, type FileAdditions } from './excerpt';
import type { Finding } from './finding';
import type { SecretResult } from './planned-scan';
import type { Settle, Sighting } from './sighting';

export interface SettleRules {
  /** Empty = all. */
  readonly results: readonly SecretResult[];
  /** Whether a comment in the scanned code may hide its line: not where that code is yet to be merged. */
  readonly commentsCount: boolean;
}

/** @param commits what was asked for; null = whatever the tool looked at @param commented lines with comments that hide them */
export function settleHistory(
  rules: SettleRules,
  commits: ReadonlySet<string> | null,
  commented: readonly FileAdditions[],
): Settle {
  const known = new Map(commented.map((one) => [keyOf(one.commit, one.path), one]));
  return (finding, sighting) => {
    if (commits !== null && !commits.has(sighting.commit)) return null;
    const comment = commentIn(known.get(keyOf(sighting.commit, sighting.file)), sighting);
    return settled(finding, { ...sighting, comment }, rules);
  };
}

/** @param folder where the excerpts are, absolute */
export function settleExcerpts(
  rules: SettleRules,
  folder: string,
  excerpts: readonly Excerpt[],
): Settle {
  const known = new Map(excerpts.map((one) => [`${folder}/${one.name}`, one]));
  return (finding, sighting) => {
    const excerpt = known.get(sighting.file);
    if (excerpt === undefined) return settled(finding, { ...sighting, comment: null }, rules);
    // TruffleHog counts lines of plain files from 0 in some versions.
    const line = lineOf(excerpt, sighting.text) ?? sighting.line;
    const comment = commentIn(excerpt, { ...sighting, line });
    if (excerpt.counts === 'comment' && comment === null) return null;
    const { commit, path: file } = excerpt;
    return settled(finding, { commit, file, line, comment }, rules);
  };
}

/** @param folder what the tool was given @param commented files with comments that hide lines of theirs, from there on */
export function settleFolder(
  rules: SettleRules,
  folder: string,
  commented: readonly FileAdditions[],
): Settle {
  const known = new Map(commented.map((one) => [one.path, one]));
  return (finding, sighting) => {
    const file = sighting.file.startsWith(`${folder}/`)
      ? sighting.file.slice(folder.length + 1)
      : sighting.file;
    const lines = known.get(file);
    const line = (lines === undefined ? null : lineOf(lines, sighting.text)) ?? sighting.line;
    const comment = commentIn(lines, { ...sighting, line });
    return settled(finding, { commit: '', file, line, comment }, rules);
  };
}

const keyOf = (commit: string, path: string): string => `${commit}\n${path}`;

interface Place extends Pick<Sighting, 'commit' | 'file' | 'line'> {
  readonly comment: string | null;
}

function settled(finding: Finding, place: Place, rules: SettleRules): Finding | null {
  const { results, commentsCount } = rules;
  if (results.length > 0 && !results.some((one) => one === finding.secret)) return null;
  const { commit, file, line, comment } = place;
  const native = [commit, file, finding.rule.id, String(line ?? 0)];
  return {
    ...finding,
    target: file,
    line,
    nativeId: native.filter((part) => part !== '').join(':'),
    suppressed: comment !== null && commentsCount ? `comment ${comment}` : null,
  };
}

/** The first line that has the first line of the secret. */
function lineOf({ lines }: FileAdditions, text: string | null): number | null {
  const first = text?.split('\n')[0] ?? '';
  if (first === '') return null;
  for (const [number, line] of lines) if (line.includes(first)) return number;
  return null;
}

function commentIn(
  additions: FileAdditions | undefined,
  { line, endLine }: Pick<Sighting, 'line' | 'endLine'>,
): string | null {
  if (additions === undefined || line === null) return null;
  for (let at = line; at <= (endLine ?? line); at += 1) {
    const comment = commentOf(additions.lines.get(at) ?? '');
    if (comment !== null) return comment;
  }
  return null;
}
