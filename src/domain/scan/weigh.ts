import { endOfLifeRule, type Finding, type Severity } from './finding';
import { ownTool, reaches, reachesStatus, type ScanPolicy, type Threshold } from './policy';

/** What one finding means for the run by itself, and why where that is not its severity. */
export interface Weight {
  readonly level: 'fail' | 'warn' | 'pass';
  readonly why: string;
}

/** Weighs one finding by the policy; ignores and the baseline come later. */
export function weigh(finding: Finding, policy: ScanPolicy): Weight {
  if (finding.rule.id === endOfLifeRule && finding.package === null)
    return { level: policy.endOfLife, why: 'end of life' };
  // What the gate finds by itself is a budget that somebody wrote down.
  if (finding.tool === ownTool) return { level: 'fail', why: 'over its budget' };
  switch (finding.class) {
    case 'secret':
      return weighSecret(finding, policy);
    case 'licence':
      return weighLicence(finding, policy);
    case 'vulnerability':
      return weighVulnerability(finding, policy);
    case 'misconfiguration':
    case 'code':
      return bySeverity(finding, policy);
  }
}

/** The severity that counts. */
export function countedSeverity(
  { severity }: Pick<Finding, 'severity'>,
  { unknownSeverity }: Pick<ScanPolicy, 'unknownSeverity'>,
): Exclude<Severity, 'unknown'> {
  return severity === 'unknown' ? unknownSeverity : severity;
}

function bySeverity(finding: Finding, policy: ScanPolicy): Weight {
  if (finding.class === 'secret') return weighSecret(finding, policy);
  const severity = countedSeverity(finding, policy);
  const level = policy.failOn.levels[finding.class];
  const why =
    finding.severity === 'unknown' ? `severity unknown, counted as ${severity}` : severity;
  if (reaches(severity, level)) return { level: 'fail', why };
  return { level: reaches(severity, policy.warnOn.levels[finding.class]) ? 'warn' : 'pass', why };
}

function weighVulnerability(finding: Finding, policy: ScanPolicy): Weight {
  const found = finding.package;
  if (policy.ignoreUnfixed && found?.fixedIn === '') return { level: 'pass', why: 'not fixed yet' };
  if (policy.runtimeOnly && found?.scope === 'development')
    return { level: 'pass', why: 'for development only' };
  if (policy.cvss !== null && finding.score !== null && finding.score >= policy.cvss)
    return { level: 'fail', why: `CVSS ${finding.score}` };
  return bySeverity(finding, policy);
}

function weighSecret({ secret, rule }: Finding, { failOn, warnOn, detectors }: ScanPolicy): Weight {
  const status = secret ?? 'unknown';
  const own = [...detectors].find(([name]) => name.toLowerCase() === rule.id.toLowerCase());
  if (own !== undefined) {
    const why = `${status}, by the rule for ${own[0]}`;
    return { level: reachesStatus(status, own[1]) ? 'fail' : 'pass', why };
  }
  const counts = ({ secret: level }: Threshold): boolean => reachesStatus(status, level);
  return { level: counts(failOn) ? 'fail' : counts(warnOn) ? 'warn' : 'pass', why: status };
}

function weighLicence(finding: Finding, policy: ScanPolicy): Weight {
  const { allow, deny } = policy.licences;
  const names = (list: readonly string[]): boolean =>
    list.some((one) => fits(one, finding.rule.id));
  if (names(deny)) return { level: 'fail', why: 'on the list of denied licences' };
  if (names(allow)) return { level: 'pass', why: 'on the list of allowed licences' };
  if (allow.length > 0) return { level: 'fail', why: 'not on the list of allowed licences' };
  return bySeverity(finding, policy);
}

/** SPDX names, of any case; `*` at the end stands for any text. */
function fits(pattern: string, name: string): boolean {
  const [one, other] = [pattern.toLowerCase(), name.toLowerCase()];
  return one.endsWith('*') ? other.startsWith(one.slice(0, -1)) : one === other;
}
