import type { Problem } from '../problem';
import {
  findingClasses,
  secretStatuses,
  severities,
  type FindingClass,
  type SecretStatus,
} from './finding';
import type { Level, Threshold } from './policy';

/** Levels by class as they are written; a class that is not named has its default. */
export type ThresholdTexts = Readonly<Partial<Record<FindingClass, string>>>;

/** Severities that can be a level; what has none counts as one of these. */
export const levels = severities.filter((one) => one !== 'unknown');

export interface ReadThreshold {
  readonly texts: ThresholdTexts;
  /** Classes that were written out. */
  readonly named: readonly FindingClass[];
  readonly problems: readonly Problem[];
}

/** Reads `high`, or `vulnerability=high` and `secret=verified` by line or comma; `none` = nothing. */
export function readThreshold(name: string, text: string): ReadThreshold {
  const texts: Partial<Record<FindingClass, string>> = {};
  const named: FindingClass[] = [];
  const problems: Problem[] = [];
  const parts = text.split(/[\n\r,]/).map((part) => part.trim());
  for (const part of parts.filter((one) => one !== '' && !one.startsWith('#'))) {
    const [left = '', right] = part.split('=').map((one) => one.trim());
    const level = right ?? left;
    const classes =
      right === undefined ? classesOf(level) : findingClasses.filter((one) => one === left);
    if (right !== undefined) named.push(...classes);
    const problem = faultOf(left, level, classes);
    if (problem === null) for (const one of classes) texts[one] = level;
    else problems.push({ path: `input ${name}`, ...problem });
  }
  return { texts, named, problems };
}

/** A severity for all classes at once says nothing about secrets, which have none. */
const classesOf = (level: string): readonly FindingClass[] =>
  findingClasses.filter((one) => one !== 'secret' || level === 'none');

function faultOf(
  left: string,
  level: string,
  classes: readonly FindingClass[],
): Omit<Problem, 'path'> | null {
  const [first] = classes;
  if (first === undefined) {
    const says = `${JSON.stringify(left)} is no class`;
    return { says, fix: `use ${findingClasses.join(', ')}` };
  }
  if (classes.every((one) => isLevel(one, level))) return null;
  const known = first === 'secret' ? secretStatuses : levels;
  return { says: `${JSON.stringify(level)} is no level`, fix: `use ${known.join(', ')} or none` };
}

function isLevel(of: FindingClass, text: string): boolean {
  const known: readonly string[] = of === 'secret' ? secretStatuses : levels;
  return text === 'none' || known.includes(text);
}

/** The threshold with what is written laid over it. */
export function layThreshold(base: Threshold, texts: ThresholdTexts): Threshold {
  const level = (of: Exclude<FindingClass, 'secret'>): Level => {
    const text = texts[of];
    if (text === undefined) return base.levels[of];
    return levels.find((one) => one === text) ?? null;
  };
  const secret = (): SecretStatus | null =>
    texts.secret === undefined
      ? base.secret
      : (secretStatuses.find((one) => one === texts.secret) ?? null);
  return {
    levels: {
      vulnerability: level('vulnerability'),
      misconfiguration: level('misconfiguration'),
      licence: level('licence'),
      code: level('code'),
    },
    secret: secret(),
  };
}
