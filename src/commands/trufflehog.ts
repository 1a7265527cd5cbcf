/** What a build of TruffleHog knows. */
export interface TruffleHogFlags {
  /** Newer ones clone what they are given, and leave our settings behind, unless they are told not to. */
  readonly trustsRepository: boolean;
  readonly knowsResults: boolean;
}

/**
 * Its outer process passes signals on to the one that scans, those of Go's own scheduler too, and ends with 1 when that has ended
 * (sendSignal in github.com/jpillora/overseer): seen in 1 of 15 runs. This takes those signals away.
 */
export const steadyTruffleHog: Readonly<Record<string, string>> = {
  GODEBUG: 'asyncpreemptoff=1',
};

export const truffleHogHelp: readonly string[] = ['git', '--help'];

/** @param help lines of `truffleHogHelp` */
export function readTruffleHogFlags(help: readonly string[]): TruffleHogFlags {
  const text = help.join('\n');
  return {
    trustsRepository: text.includes('trust-local-git-config'),
    knowsResults: text.includes('--results'),
  };
}

export interface TruffleHogWishes {
  readonly flags: TruffleHogFlags;
  /** Also what it would leave out as too weak. */
  readonly filtered: boolean;
}

/** @param stop commit at which it ends, in the order of `git log`; null = it goes to the end */
export function truffleHogHistoryWords(
  folder: string,
  head: string,
  stop: string | null,
  wishes: TruffleHogWishes,
): string[] {
  const trust = wishes.flags.trustsRepository ? ['--trust-local-git-config'] : [];
  const since = stop === null ? [] : ['--since-commit', stop];
  return ['git', `file://${folder}`, ...common(wishes), ...trust, ...since, '--branch', head];
}

export function truffleHogFolderWords(folder: string, wishes: TruffleHogWishes): string[] {
  return ['filesystem', folder, ...common(wishes)];
}

const common = ({ flags, filtered }: TruffleHogWishes): string[] => [
  '--json',
  '--no-update',
  ...(filtered && flags.knowsResults
    ? ['--results=verified,unknown,unverified,filtered_unverified']
    : []),
];
