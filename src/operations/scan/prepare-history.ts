import { join } from 'node:path';
import { noRenamesCommand } from '../../commands/git-history';
import { gitleaksFolderWords, gitleaksHistoryWords } from '../../commands/gitleaks';
import { truffleHogFolderWords, truffleHogHistoryWords } from '../../commands/trufflehog';
import {
  commentOf,
  excerptsOf,
  excerptText,
  type Excerpt,
  type FileAdditions,
} from '../../domain/scan/excerpt';
import { settleExcerpts, settleHistory } from '../../domain/scan/settle-secret';
import type { RunPlaces, ToolStart } from '../../domain/scan/tool-run';
import { truffleHogWishes } from './ask-trufflehog';
import { chooseRange } from './choose-range';
import { must, pointTo, type HistoryCopy } from './copy-history';
import { findStop } from './find-stop';
import {
  secretStart,
  type PreparedSecrets,
  type SecretSubject,
  type SecretTools,
} from './secret-start';
import { readAdditions, type Additions } from './read-additions';
import type { ResolvedRange } from './resolve-range';

type Prepared = Omit<PreparedSecrets, 'done'>;

/** The starts that look at every commit of the range, and at what the tool would pass over in them. */
export async function prepareHistory(
  history: HistoryCopy,
  subject: SecretSubject,
  tools: SecretTools,
): Promise<Prepared> {
  const range = await chooseRange(history, subject, tools);
  if (typeof range === 'string') return { starts: [], nothing: range };
  await pointTo(history, range.range.head, tools.history);
  const additions = await readAdditions(history, range, tools.history);
  const told = `${range.commits.length} commits up to ${range.range.head.slice(0, 12)}: ${range.why}`;
  tools.history.tell(told);
  const one = { history, range, additions, subject, filters: [told] };
  return {
    starts:
      subject.scan.tool === 'gitleaks'
        ? await gitleaksStarts(one, tools)
        : await truffleHogStarts(one, tools),
    nothing: null,
  };
}

interface HistoryScan {
  readonly history: HistoryCopy;
  readonly range: ResolvedRange;
  readonly additions: Additions;
  readonly subject: SecretSubject;
  readonly filters: readonly string[];
}

async function gitleaksStarts(one: HistoryScan, tools: SecretTools): Promise<readonly ToolStart[]> {
  const { history, range, additions, subject, filters } = one;
  const excerpts = excerptsOf(additions.merged, 'all', 1);
  return [
    secretStart(subject, {
      name: 'gitleaks over the history',
      words: (places) => gitleaksHistoryWords(history.folder, range.range, places),
      settle: settleHistory(subject.rules, null, additions.commented),
      mayBeEmpty: true,
      hasFiles: true,
      filters,
    }),
    ...(await excerptStarts(one, excerpts, tools, gitleaksFolderWords)),
  ];
}

async function truffleHogStarts(
  one: HistoryScan,
  tools: SecretTools,
): Promise<readonly ToolStart[]> {
  const { history, range, additions, subject, filters } = one;
  const wishes = await truffleHogWishes(subject, tools);
  const stop = await findStop(history, range, tools.history);
  // Without a stop it leaves out what was renamed, whatever was changed with it.
  if (stop === null)
    await must(tools.history.git, noRenamesCommand(history.folder), 'settings cannot be written');
  const excerpts = excerptsOfTruffleHog(additions, stop === null);
  return [
    secretStart(subject, {
      name: 'trufflehog over the history',
      words: () => truffleHogHistoryWords(history.folder, range.range.head, stop, wishes),
      settle: settleHistory(subject.rules, new Set(range.commits), []),
      mayBeEmpty: !additions.hasText,
      hasFiles: true,
      filters,
    }),
    ...(await excerptStarts(one, excerpts, tools, (folder) =>
      truffleHogFolderWords(folder, wishes),
    )),
  ];
}

function excerptsOfTruffleHog(
  { merged, commented, changed }: Additions,
  withChanged: boolean,
): readonly Excerpt[] {
  const hides = ({ lines }: FileAdditions): boolean =>
    [...lines.values()].some((line) => commentOf(line) === 'trufflehog:ignore');
  const whole = excerptsOf([...merged, ...(withChanged ? changed : [])], 'all', 1);
  return [...whole, ...excerptsOf(commented.filter(hides), 'comment', whole.length + 1)];
}

async function excerptStarts(
  { subject, filters }: HistoryScan,
  excerpts: readonly Excerpt[],
  { history: { write } }: SecretTools,
  words: (folder: string, places: RunPlaces) => readonly string[],
): Promise<readonly ToolStart[]> {
  if (excerpts.length === 0) return [];
  const folder = join(subject.folder, 'excerpts');
  for (const excerpt of excerpts)
    await write(join(folder, excerpt.name), Buffer.from(excerptText(excerpt), 'latin1'));
  return [
    secretStart(subject, {
      name: `${subject.scan.tool} over what merges and comments hide`,
      words: (places) => words(folder, places),
      settle: settleExcerpts(subject.rules, folder, excerpts),
      mayBeEmpty: false,
      hasFiles: true,
      filters,
    }),
  ];
}
