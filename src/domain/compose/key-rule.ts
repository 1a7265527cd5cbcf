/**
 * What becomes of a key: `carried` as written · `rewritten` for the slot · `dropped` because only one container could have it ·
 * `evaluated`: it has done its work once Compose has read the files · `refused` always.
 */
export type Fate = 'carried' | 'rewritten' | 'dropped' | 'evaluated' | 'refused';

/** One key of the compose file. The texts stand in the plan, the log and docs/compose.md. */
export interface KeyRule {
  readonly fate: Fate;
  /** What happens and why; '' = there is nothing to say. */
  readonly why: string;
  /** When it is refused all the same, and what to do instead. */
  readonly refused?: string;
}

type Rule<F extends Fate> = KeyRule & { readonly fate: F };

function rule<F extends Fate>(fate: F) {
  function make(why: string): Rule<F>;
  function make(why: string, refused: string): Rule<F> & { readonly refused: string };
  function make(why: string, refused?: string): Rule<F> {
    return refused === undefined ? { fate, why } : { fate, why, refused };
  }
  return make;
}

export const carried = rule('carried');
export const rewritten = rule('rewritten');
export const dropped = rule('dropped');
export const evaluated = rule('evaluated');
export const never = rule('refused');

export const plain = carried('');

/** The keys of a table with one fate. */
export type KeysOf<T extends Readonly<Record<string, KeyRule>>, F extends Fate> = {
  readonly [K in keyof T]: T[K]['fate'] extends F ? K : never;
}[keyof T];

/** The rule of a key; undefined for one that the table does not know. Keys with `x-` are the team's own. */
export function ruleOf(table: Readonly<Record<string, KeyRule>>, key: string): KeyRule | undefined {
  if (key.startsWith('x-')) return plain;
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
