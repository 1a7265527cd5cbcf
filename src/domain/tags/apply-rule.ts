import { applyMatch, applyVersion, lineOf } from './apply-version';
import type { Flavor } from './flavor';
import { none, sanitize, trialOf, type Result, type RuleOutcome, type Trial } from './rule-outcome';
import { branchOf, noneOf, pullRequestOf, shortSha, tagOf, type TagEvent } from './tag-event';
import type { EdgeRule, RefRule, TagRule } from './tag-rule';
import { renderDates, renderGlobal } from './templates';
import { pep440Scheme, semverScheme } from './versions';

/** Tries one rule on an event. Throws an Error with the words for a template or attribute that cannot be rendered. */
export function applyRule(rule: TagRule, flavor: Flavor, event: TagEvent): RuleOutcome {
  const enabled = renderGlobal(rule.enable, event);
  if (enabled !== 'true' && enabled !== 'false')
    throw new Error(`Invalid value for enable attribute: ${enabled}`);
  if (enabled === 'false') return { rule, ...none('enable is false') };
  const result = tryRule(rule, trialOf(rule, flavor, event));
  // An empty text is no tag, and says nothing about latest.
  if (result.tag === '') return { rule, ...none(`${result.why}, which is empty`) };
  return { rule, ...result, tag: result.tag === null ? null : sanitize(result.tag) };
}

function tryRule(rule: TagRule, trial: Trial): Result {
  const { event } = trial;
  switch (rule.type) {
    case 'schedule':
      return event.name.includes('schedule')
        ? plain(trial, renderDates(rule.pattern, event), 'the run is scheduled')
        : none(`the event is ${event.name}, not schedule`);
    case 'semver':
      return applyVersion(rule, semverScheme, trial);
    case 'pep440':
      return applyVersion(rule, pep440Scheme, trial);
    case 'match':
      return applyMatch(rule, trial);
    case 'edge':
      return applyEdge(rule, trial);
    case 'ref':
      return applyRef(rule, trial);
    case 'raw':
      return plain(trial, renderGlobal(rule.value, event), 'a fixed value');
    case 'sha':
      return event.sha === ''
        ? none('the event has no commit')
        : plain(trial, rule.format === 'long' ? event.sha : shortSha(event), 'the commit');
  }
}

/** A tag that is no version: it takes latest with it only when the flavor says so. */
function plain({ decorate, latest }: Trial, value: string, why: string): Result {
  return { tag: decorate(value), latest: latest(false), why, line: null };
}

function applyEdge(rule: EdgeRule, trial: Trial): Result {
  const { repository } = trial.event;
  const branch = branchOf(trial.event);
  const wanted = rule.branch === '' ? repository.defaultBranch : rule.branch;
  if (branch === null) return none(noneOf('branch', trial.event));
  if (branch !== wanted) return none(`the branch is ${branch}, not ${wanted}`);
  return plain(trial, 'edge', `the branch is ${branch}`);
}

function applyRef({ event: kind }: RefRule, trial: Trial): Result {
  const { event, around, decorate, latest } = trial;
  const names = { branch: branchOf(event), tag: tagOf(event), pr: pullRequestOf(event) };
  const name = names[kind];
  if (name === null) return none(noneOf(kind, event));
  const why = `the ${kind} is ${name}`;
  if (kind !== 'tag') return plain(trial, name, why);
  return { tag: decorate(name), latest: latest(true), why, line: lineOf(name, around, decorate) };
}
