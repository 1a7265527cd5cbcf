import { join } from 'node:path';
import { gitleaksFolderWords } from '../../commands/gitleaks';
import { truffleHogFolderWords } from '../../commands/trufflehog';
import { hidingComments, withoutComments, type FileAdditions } from '../../domain/scan/excerpt';
import { settleFolder } from '../../domain/scan/settle-secret';
import { messageOf, ShiplockError } from '../../errors';
import { truffleHogWishes } from './ask-trufflehog';
import type { HistoryTools } from './copy-history';
import {
  secretStart,
  type PreparedSecrets,
  type SecretSubject,
  type SecretTools,
} from './secret-start';

/**
 * The start that looks at a folder, by way of another one: in that nothing lies where a scanner looks for its own files, and
 * comments hide nothing.
 */
export async function prepareFolder(
  folder: string,
  subject: SecretSubject,
  tools: SecretTools,
): Promise<Omit<PreparedSecrets, 'done'>> {
  const above = join(subject.folder, 'files');
  const shown = join(above, 'shown');
  const commented = await layOut(folder, shown, tools.history).catch((cause: unknown) => {
    throw new ShiplockError(`${folder} cannot be read: ${messageOf(cause)}`, {
      fault: 'user',
      hint: 'correct path: it names a checkout, or a folder',
      cause,
    });
  });
  const { scan, rules } = subject;
  const wishes = scan.tool === 'gitleaks' ? null : await truffleHogWishes(subject, tools);
  const start = secretStart(subject, {
    name: `${scan.tool} over the files in ${scan.path}`,
    words: (places) =>
      wishes === null ? gitleaksFolderWords(above, places) : truffleHogFolderWords(above, wishes),
    settle: settleFolder(rules, shown, commented),
    mayBeEmpty: false,
    hasFiles: await tools.holdsFiles(above),
    filters: ['only files: it is not the top of a checkout with a history'],
  });
  return { starts: [start], nothing: null };
}

async function layOut(
  folder: string,
  shown: string,
  { linkFolder, filesWith, write }: HistoryTools,
): Promise<readonly FileAdditions[]> {
  const commented = await filesWith(folder, hidingComments);
  await linkFolder(folder, shown, (path) => /(?:^|\/)\.git$/.test(path) || commented.has(path));
  for (const [path, text] of commented)
    await write(join(shown, path), Buffer.from(withoutComments(text), 'latin1'));
  return [...commented].map(([path, text]) => ({ commit: '', path, lines: linesOf(text) }));
}

const linesOf = (text: string): ReadonlyMap<number, string> =>
  new Map(text.split('\n').map((line, index) => [index + 1, line]));
