import { readIgnoreFile } from '../../config/ignore-files';
import { loadScan, type ScanOverrides } from '../../config/load-scan';
import { refusal, type Problem } from '../../domain/problem';
import type { Ignore } from '../../domain/scan/ignore';
import { messageOf } from '../../errors';
import {
  readPolicyFile,
  type PolicyFile,
  type PolicyTools,
} from '../../operations/scan/read-policy';

/** Where policy and ignores stand. */
export interface RulesRequest {
  /** Path of `shiplock.yml`, and whether it must be there. */
  readonly config: { readonly path: string; readonly isGiven: boolean };
  /** Ignore files of other tools, and whether they must be there. */
  readonly ignoreFiles: { readonly paths: readonly string[]; readonly areGiven: boolean };
  readonly overrides: ScanOverrides;
}

type Rules = ReturnType<typeof loadScan> & {
  readonly ignores: readonly Ignore[];
  readonly notes: readonly string[];
};

/** What a gate judges by, as the commit has it that decides. Throws a refusal with everything that is wrong with it. */
export async function readRules(request: RulesRequest, tools: PolicyTools): Promise<Rules> {
  const { config, ignoreFiles, overrides } = request;
  const paths = [config.path, ...ignoreFiles.paths];
  const [own, ...others] = await Promise.all(
    paths.map((path) => readPolicyFile(path, tools)),
  ).catch((cause: unknown) => {
    const fix = 'give the job contents: read, and github-token where it is not the default';
    const problem = { path: paths.join(', '), says: messageOf(cause), fix };
    throw refusal('the policy of this scan', [problem]);
  });
  const files = others.map((file) => ({ ...file, ...readText(file) }));
  const text = own?.text ?? null;
  const problems = [
    ...(text === null && config.isGiven ? [missing('config', config.path, tools)] : []),
    ...files.flatMap((file) =>
      file.text === null && ignoreFiles.areGiven ? [missing('ignores', file.path, tools)] : [],
    ),
    ...files.flatMap((file) => file.problems),
  ];
  if (problems.length > 0) throw refusal('the policy of this scan', problems);
  const loaded = loadScan(text, config.path, overrides);
  const changed = [own, ...others].filter((file) => file?.isChanged === true);
  return {
    policy: loaded.policy,
    ignores: [...loaded.ignores, ...files.flatMap(({ ignores }) => ignores)],
    notes: changed.map(
      (file) =>
        `${file?.path ?? ''} is changed here: what counts is how it was before, at the commit that this is to be merged into`,
    ),
  };
}

const readText = ({ path, text }: PolicyFile): ReturnType<typeof readIgnoreFile> =>
  text === null ? { ignores: [], problems: [] } : readIgnoreFile(path, text);

function missing(input: string, path: string, { base }: PolicyTools): Problem {
  const where = base === null ? 'the checkout' : 'the commit that this is to be merged into';
  return {
    path: `input ${input}`,
    says: `${path} is not in ${where}`,
    fix: base === null ? 'correct the path, or check out before this step' : 'merge it first',
  };
}
