import type { KeyRule } from './key-rule';

/** Something of the team's file that is not in the slot as it was written. */
export interface SlotNote {
  readonly service: string;
  /** Path below the service, such as `labels.traefik.enable`. */
  readonly key: string;
  /** `unknown`: carried as written, though nobody can say whether that fits. */
  readonly fate: 'dropped' | 'rewritten' | 'unknown';
  readonly why: string;
}

/** A note by the rule of the key. */
export function noteOf(
  service: string,
  key: string,
  rule: KeyRule & { readonly fate: 'dropped' | 'rewritten' },
): SlotNote {
  return { service, key, fate: rule.fate, why: rule.why };
}

/** What is told of one key, whichever services have it. */
export interface NoteLine {
  readonly word: 'dropped' | 'rewritten' | 'unknown key';
  readonly text: string;
}

const words: Readonly<Record<SlotNote['fate'], NoteLine['word']>> = {
  dropped: 'dropped',
  rewritten: 'rewritten',
  unknown: 'unknown key',
};

const mostNames = 6;

/** One line for each key, first what is dropped: `build (web, worker): …`. */
export function noteLines(notes: readonly SlotNote[]): readonly NoteLine[] {
  const groups = new Map<string, SlotNote[]>();
  for (const note of notes) {
    const { fate, key, why } = note;
    const group = JSON.stringify([fate, key, why]);
    groups.set(group, [...(groups.get(group) ?? []), note]);
  }
  const lines = [...groups.values()].flatMap((group) => {
    const names = [...new Set(group.map(({ service }) => service))];
    const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
    const all = `${names.slice(0, mostNames).join(', ')}${more}`;
    return group.slice(0, 1).map(({ fate, key, why }) => ({
      word: words[fate],
      text: `${key} (${all}): ${why}`,
    }));
  });
  return Object.values(words).flatMap((word) => lines.filter((line) => line.word === word));
}
