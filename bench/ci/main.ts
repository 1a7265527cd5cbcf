/**
 * `npm run -s bench:ci [rounds]`: the start of image-tags and merge-gate as built in dist/ (or in the folder that SHIPLOCK_ACTIONS names),
 * under the Node of GitHub's runner, to their first line; 10,000 tag rules; 5,000 checks of one commit. Rules and checks are judged in two
 * sizes, so that work that grows with the square shows. Last line: one JSON object.
 */
import { startFakeGithub } from '../../test/support/fake-github/server';
import { figures } from './figures';
import { judgeChecks, judgeRules, startImageTags, startMergeGate } from './work';

const rounds = Number(process.argv[2] ?? 5);
const sizes = { rules: 10_000, checks: 5_000 };

async function repeat<T>(what: string, count: number, measure: () => Promise<T>): Promise<T[]> {
  const values: T[] = [];
  for (let done = 0; done < count; done += 1) {
    const value = await measure();
    values.push(value);
    process.stdout.write(`${what} ${done + 1}: ${JSON.stringify(value)}\n`);
  }
  return values;
}

const starts = {
  imageTags: await repeat('start of image-tags', 2 * rounds + 1, startImageTags),
  mergeGate: await repeat('start of merge-gate', 2 * rounds + 1, startMergeGate),
};
const rules = await repeat('rules', rounds, async () => ({
  ms: await judgeRules(sizes.rules),
  doubledMs: await judgeRules(2 * sizes.rules),
}));
const checks = await repeat('checks', Math.ceil(rounds / 2), async () => {
  const github = await startFakeGithub();
  try {
    const ms = await judgeChecks(github, sizes.checks);
    return { ms, doubledMs: await judgeChecks(github, 2 * sizes.checks) };
  } finally {
    github.close();
  }
});
process.stdout.write(`${JSON.stringify(figures({ starts, rules, checks }, sizes))}\n`);
