import { blankFinding, type Growing } from '../../domain/scan/finding';
import { severityOf } from './severity';
import { fields, line, page, score, text, texts, type Fields } from './values';

/** pkg/types/vulnerability.go. */
export function fromVulnerability(entry: Fields): Growing {
  const id = text(entry['VulnerabilityID'], 100);
  const rule = {
    id,
    aliases: texts(entry['VendorIDs']),
    title: text(entry['Title'], 200) || id,
    url: page(entry['PrimaryURL']),
  };
  const found = {
    name: text(entry['PkgName'], 200),
    version: text(entry['InstalledVersion'], 200),
    purl: text(fields(entry['PkgIdentifier'])['PURL']) || null,
    fixedIn: text(entry['FixedVersion'], 200),
    scope: null,
    path: text(entry['PkgPath']),
  };
  return {
    ...blankFinding('vulnerability', 'Trivy', rule),
    severity: severityOf(text(entry['Severity'])),
    score: scoreOf(fields(entry['CVSS']), text(entry['SeveritySource'])),
    package: found,
  };
}

/** The score of the source that Trivy took the severity from, else the highest of all. */
function scoreOf(cvss: Fields, source: string): number | null {
  const of = (entry: unknown): number | null => {
    const { V40Score, V3Score, V2Score } = fields(entry);
    return score(V40Score) ?? score(V3Score) ?? score(V2Score);
  };
  const own = Object.hasOwn(cvss, source) ? of(cvss[source]) : null;
  if (own !== null) return own;
  const scores = Object.values(cvss)
    .map(of)
    .filter((one) => one !== null);
  return scores.length === 0 ? null : Math.max(...scores);
}

/** pkg/types/misconfiguration.go. */
export function fromMisconfiguration(entry: Fields): Growing {
  const id = text(entry['ID'], 100);
  const cause = fields(entry['CauseMetadata']);
  const aliases = [text(entry['AVDID'], 100)].filter((one) => one !== '' && one !== id);
  const title = text(entry['Title'], 200) || id;
  return {
    ...blankFinding('misconfiguration', 'Trivy', {
      id,
      aliases,
      title,
      url: page(entry['PrimaryURL']),
    }),
    severity: severityOf(text(entry['Severity'])),
    line: line(cause['StartLine']),
    mark: text(cause['Resource']) || text(entry['Message']),
  };
}

/**
 * pkg/fanal/types/secret.go. `Match` is the line with the secret blotted out; it is no secret to be masked, and even so
 * nothing of it is kept but a hash.
 */
export function fromSecret(entry: Fields, hash: (text: string) => string): Growing {
  const id = text(entry['RuleID'], 100);
  const title = text(entry['Title'], 200) || id;
  return {
    ...blankFinding('secret', 'Trivy', { id, aliases: [], title, url: null }),
    severity: severityOf(text(entry['Severity'])),
    line: line(entry['StartLine']),
    secret: 'unknown',
    mark: hash(text(entry['Match'], 4000)),
  };
}

/** pkg/types/license.go. */
export function fromLicence(entry: Fields): Growing {
  const id = text(entry['Name'], 200) || 'unknown';
  const name = text(entry['PkgName'], 200);
  const file = text(entry['FilePath']);
  const found = { name, version: '', purl: null, fixedIn: '', scope: null, path: file };
  const rule = { id, aliases: [], title: `Licence ${id}`, url: page(entry['Link']) };
  return {
    ...blankFinding('licence', 'Trivy', rule),
    severity: severityOf(text(entry['Severity'])),
    target: name === '' ? file : '',
    package: name === '' ? null : found,
  };
}
