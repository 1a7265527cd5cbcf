import type { TranscriptLine } from '../../domain/records/journal';

const limit = 200;

/** A health transcript that keeps changes and forgets repetitions, so that it stays readable and bounded. */
export interface Transcript {
  readonly lines: readonly TranscriptLine[];
  /** True when the target said something new. */
  add(line: TranscriptLine): boolean;
}

export function startTranscript(): Transcript {
  const lines: TranscriptLine[] = [];
  return {
    lines,
    add: (line) => {
      const before = lines.findLast(({ target }) => target === line.target);
      if (before?.said === line.said && before.ok === line.ok) return false;
      lines.push(line);
      if (lines.length > limit) lines.shift();
      return true;
    },
  };
}
