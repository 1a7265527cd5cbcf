import {
  allowedAdditionsCommand,
  mergeAdditionsCommand,
  textAdditionsCommand,
  typeChangesCommand,
} from '../../commands/git-history';
import { parseAdditions } from '../../commands/git-patch';
import type { FileAdditions } from '../../domain/scan/excerpt';
import { messageOf, ShiplockError } from '../../errors';
import { must, type HistoryCopy, type HistoryTools } from './copy-history';
import type { ResolvedRange } from './resolve-range';

/** What scanners do not see, or not by themselves, in the commits of a range. */
export interface Additions {
  /** What merges have that none of their parents has. */
  readonly merged: readonly FileAdditions[];
  /** What stands in files with comments that hide lines. */
  readonly commented: readonly FileAdditions[];
  /** What became a file, and was a link. */
  readonly changed: readonly FileAdditions[];
  /** Whether any text was added at all. */
  readonly hasText: boolean;
}

/** Reads what the range adds; fails where git cannot write a patch of it, which the scanners' own git would not say. */
export async function readAdditions(
  { folder }: HistoryCopy,
  { range }: ResolvedRange,
  { git }: HistoryTools,
): Promise<Additions> {
  const read = async (argv: readonly string[]): Promise<readonly FileAdditions[]> => {
    const log = await bytesOf(git, argv);
    try {
      return parseAdditions(log);
    } catch (cause) {
      throw new ShiplockError(`the log of the commits cannot be read: ${messageOf(cause)}`, {
        fault: 'bug',
        cause,
      });
    }
  };
  const counts = await must(git, textAdditionsCommand(folder, range), unreadable);
  return {
    merged: await read(mergeAdditionsCommand(folder, range)),
    commented: await read(allowedAdditionsCommand(folder, range)),
    changed: await read(typeChangesCommand(folder, range)),
    hasText: /^[1-9]\d*\t/m.test(counts),
  };
}

const unreadable = 'git cannot show what the commits change';
const mostBytes = 256 * 1024 * 1024;

/** What a command prints, one character a byte. */
async function bytesOf(git: HistoryTools['git'], argv: readonly string[]): Promise<string> {
  const chunks: string[] = [];
  let bytes = 0;
  const { code, stderr } = await git.exec(argv, {
    timeoutMs: 600_000,
    onStdout: (chunk) => {
      bytes += chunk.length;
      if (bytes > mostBytes)
        throw new ShiplockError('merges and comments of this range are too large to be looked at', {
          fault: 'user',
          hint: 'give a shorter range by base and head',
        });
      chunks.push(chunk.toString('latin1'));
    },
  });
  if (code === 0) return chunks.join('');
  throw new ShiplockError(`${unreadable}: ${stderr.trim().split('\n').at(-1) ?? ''}`, {
    fault: 'user',
    hint: 'check out with fetch-depth: 0 and without filter:',
  });
}
