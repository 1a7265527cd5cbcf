import { join } from 'node:path';
import type { SecretScan } from '../../domain/scan/planned-scan';
import type { SettleRules } from '../../domain/scan/settle-secret';
import { copyHistory } from './copy-history';
import { prepareFolder } from './prepare-folder';
import { prepareHistory } from './prepare-history';
import type { Program } from './run-tool';
import type { PreparedSecrets, SecretTools } from './secret-start';

/**
 * The starts that together look at every commit of a range, or at a folder that is no checkout. Throws a ShiplockError when the
 * commits cannot be had.
 */
export async function prepareSecrets(
  scan: SecretScan,
  program: Program,
  tools: SecretTools,
): Promise<PreparedSecrets> {
  const folder = await tools.makeFolder([]);
  const done = (): Promise<void> => tools.remove(folder);
  try {
    const checkout = tools.absolute(scan.path);
    const subject = { scan, program, folder, rules: rulesOf(scan, tools.commentsCount) };
    const history = await copyHistory(checkout, join(folder, 'history'), tools.history);
    const prepared =
      history === null
        ? await prepareFolder(checkout, subject, tools)
        : await prepareHistory(history, subject, tools);
    return { ...prepared, done };
  } catch (thrown) {
    await done();
    throw thrown;
  }
}

function rulesOf({ tool, results }: SecretScan, commentsCount: boolean): SettleRules {
  // gitleaks tries no secret, and knows no states.
  if (tool !== 'trufflehog') return { results: [], commentsCount };
  const weak = results.includes('filtered_unverified');
  return { results: weak ? [...results, 'unverified'] : results, commentsCount };
}
