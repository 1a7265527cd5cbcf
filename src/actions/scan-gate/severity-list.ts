import type { Problem } from '../../domain/problem';
import { severities } from '../../domain/scan/finding';

const path = 'input severity';
const known = severities.map((one) => one.toUpperCase()).join(', ');

/**
 * `fail-on` out of the list that trivy-action takes. The list filters nothing here: what is milder is found and listed all
 * the same, so that no format and no filter changes the verdict.
 */
export function readSeverity(
  text: string,
  failOn: string,
): { readonly failOn: string; readonly problems: readonly Problem[] } {
  const words = text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== '');
  if (words.length === 0) return { failOn, problems: [] };
  const strange = words.filter((word) => !severities.some((one) => one === word));
  if (strange.length > 0)
    return wrong(failOn, `${strange.join(', ').slice(0, 120)} is no severity`, `use ${known}`);
  if (failOn.trim() !== '') return wrong(failOn, 'fail-on says the same', 'give one of them');
  // What has no severity counts as the policy says, so the word adds nothing.
  const levels = severities.filter((one) => one !== 'unknown' && words.includes(one));
  const lowest = levels.at(-1);
  if (lowest === undefined) return wrong(failOn, 'names no level', `use ${known}`);
  if (severities.indexOf(lowest) !== levels.length - 1)
    return wrong(
      failOn,
      'leaves out one that is worse than another in it',
      'name the lowest and all that are worse',
    );
  return { failOn: lowest, problems: [] };
}

const wrong = (failOn: string, says: string, fix: string) => ({
  failOn,
  problems: [{ path, says, fix }],
});
