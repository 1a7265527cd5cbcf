import { messageOf } from '../../errors';
import type { Problem } from '../problem';
import { applyRule } from './apply-rule';
import type { Flavor } from './flavor';
import { movesOn, ofOneVersion, whyHeld, whyLatestHeld } from './highest';
import { sanitize, type RuleOutcome } from './rule-outcome';
import type { TagEvent } from './tag-event';
import type { TagRule } from './tag-rule';
import { renderGlobal } from './templates';

/** What a rule gave in the end, in the order in which the rules were tried. */
export interface Explained {
  readonly rule: string;
  readonly line: number;
  readonly tag: string | null;
  readonly why: string;
}

export interface ChosenTags {
  /** The first tag; '' when there is none. */
  readonly version: string;
  /** Tag names without an image, the version first, `latest` last. */
  readonly tags: readonly string[];
  /** Those that belong to one version alone, as `1.2.3` does and `1.2` does not. */
  readonly versionTags: readonly string[];
  readonly explanation: readonly Explained[];
}

/** What all rules came to before it is known which versions there are. */
export interface Draft {
  readonly outcomes: readonly RuleOutcome[];
  /** Name of the tag `latest`, with what the flavor puts around it. */
  readonly latestName: string;
  readonly problems: readonly Problem[];
  /** Whether a tag or `latest` may only move when this version is the highest of its line. */
  readonly asksForVersions: boolean;
}

/** Tries every rule; a rule that cannot be rendered is a problem with its line. */
export function draftTags(rules: readonly TagRule[], flavor: Flavor, event: TagEvent): Draft {
  const problems: Problem[] = [];
  const outcomes = rules.flatMap((rule) => {
    try {
      const outcome = applyRule(rule, flavor, event);
      if (outcome.tag !== null) problems.push(...unfit(outcome.tag, placeOf(rule)));
      return [outcome];
    } catch (thrown) {
      const says = messageOf(thrown).replaceAll(/\s+/g, ' ');
      problems.push({ ...placeOf(rule), says, fix: `correct ${rule.text}` });
      return [];
    }
  });
  const first = outcomes.find(({ tag }) => tag !== null);
  const latestName = problems.length === 0 ? latestNameOf(flavor, event) : 'latest';
  if (first?.latest === true) problems.push(...unfit(latestName, { path: 'input flavor' }));
  const latestMoves = first?.latest === true && first.line?.current.unfinished === false;
  return {
    outcomes,
    latestName,
    problems,
    asksForVersions: latestMoves || outcomes.some(movesOn),
  };
}

function latestNameOf(flavor: Flavor, event: TagEvent): string {
  const { prefix, prefixLatest, suffix, suffixLatest } = flavor;
  const [before, after] = [prefixLatest ? prefix : '', suffixLatest ? suffix : ''];
  return sanitize(`${renderGlobal(before, event)}latest${renderGlobal(after, event)}`);
}

/** Grammar of a tag: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
function unfit(tag: string, place: Place): readonly Problem[] {
  if (/^\w[\w.-]{0,127}$/.test(tag)) return [];
  const wrong =
    tag.length > 128
      ? `has ${tag.length} characters, and a tag has at most 128`
      : 'does not begin with a letter, a digit or _';
  const says = `the tag ${tag.slice(0, 140)} ${wrong}`;
  return [{ ...place, says, fix: 'change prefix, suffix or pattern' }];
}

type Place = Pick<Problem, 'path' | 'line'>;

function placeOf({ line, text }: TagRule): Place {
  return line === 0 ? { path: `default rule ${text}` } : { path: 'input tags', line };
}

/** The tags of an event. @param gitTags every tag of the repository; null = moving tags always move */
export function chooseTags(draft: Draft, gitTags: readonly string[] | null): ChosenTags {
  const settled = draft.outcomes.map((outcome) => settle(outcome, gitTags));
  const given = settled.flatMap(({ tag }) => (tag === null ? [] : [tag]));
  const latest = settleLatest(draft, gitTags);
  const names = latest.tag === null || given.length === 0 ? given : [...given, latest.tag];
  return {
    version: given[0] ?? '',
    tags: [...new Set(names)],
    versionTags: versionTagsOf(draft, names),
    explanation: [...settled, latest],
  };
}

function versionTagsOf({ outcomes }: Draft, tags: readonly string[]): readonly string[] {
  const own = outcomes.filter((outcome) => ofOneVersion(outcome)).map(({ tag }) => tag);
  return [...new Set(tags)].filter((tag) => own.includes(tag));
}

function settle(outcome: RuleOutcome, gitTags: readonly string[] | null): Explained {
  const { rule, tag, why } = outcome;
  const explained = { rule: rule.text, line: rule.line, tag, why };
  if (tag === null || gitTags === null || !movesOn(outcome)) return explained;
  const held = whyHeld(outcome, gitTags);
  return held === null
    ? { ...explained, why: `${why}, the highest of ${tag}` }
    : { ...explained, tag: null, why: `${tag} stays where it is: ${held}` };
}

/** The first rule that gives a tag decides about `latest`. */
function settleLatest(
  { outcomes, latestName }: Draft,
  gitTags: readonly string[] | null,
): Explained {
  const said = (tag: string | null, why: string): Explained => {
    return { rule: latestName, line: 0, tag, why };
  };
  const first = outcomes.find(({ tag }) => tag !== null);
  if (first === undefined) return said(null, 'no rule gives a tag');
  if (!first.latest) return said(null, `the first tag, ${first.tag ?? ''}, does not ask for it`);
  const held = gitTags === null ? null : whyLatestHeld(first, gitTags);
  if (held !== null) return said(null, `it stays where it is: ${held}`);
  return said(latestName, `it goes with the first tag, ${first.tag ?? ''}`);
}
