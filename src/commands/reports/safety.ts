import { blankFinding, type Finding } from '../../domain/scan/finding';
import { noFacts } from '../../domain/scan/report-facts';
import { cutJson } from './cut-json';
import { pythonPackage } from './python-package';
import type { ReportReader } from './report-reader';
import { ReportTrouble } from './report-trouble';
import { readSafetyScan } from './safety-scan';
import { severityOf, severityOfScore } from './severity';
import { fields, number, page, score, text, texts, type Fields } from './values';

/** `safety check --output json` (safety/formatters/json.py of pyupio/safety, json_version 1), and what `safety scan` of Safety 3 prints. */
export const readSafety: ReportReader = async (chunks, sink) => {
  const whole = await cutJson(chunks, {
    depth: 2,
    take: (part, entry) => {
      if (part === 'vulnerabilities' || part === 'ignored_vulnerabilities')
        sink.add(findingOf(fields(entry)));
    },
  });
  if ('scan_results' in fields(whole))
    return readSafetyScan(fields(whole), (finding) => {
      sink.add(finding);
    });
  const meta = fields(fields(whole)['report_meta']);
  if (!('safety_version' in meta))
    throw new ReportTrouble(
      'it is no report of Safety that is known: write it with `safety scan --output json`',
    );
  return {
    ...noFacts,
    tool: 'Safety',
    version: text(meta['safety_version'], 60),
    targets: number(meta['packages_found']),
  };
};

function findingOf(entry: Fields): Finding {
  const id = text(entry['vulnerability_id'], 100);
  const name = text(entry['package_name'], 200);
  if (id === '' || name === '')
    throw new ReportTrouble('it is no report of Safety: a finding without its id or package');
  const cve = text(entry['CVE'], 100);
  const title = text(entry['advisory'], 200) || id;
  const rule = {
    id,
    aliases: cve === '' ? [] : [cve],
    title,
    url: page(entry['more_info_url']),
  };
  const { cvssv3 } = fields(entry['severity']);
  const rating = score(fields(cvssv3)['base_score']);
  const word = text(fields(cvssv3)['base_severity']);
  const fixedIn = texts(entry['fixed_versions']).join(', ');
  return {
    ...blankFinding('vulnerability', 'Safety', rule),
    severity: word === '' && rating !== null ? severityOfScore(rating) : severityOf(word),
    score: rating,
    target: 'Python packages',
    package: pythonPackage(name, text(entry['analyzed_version'], 100), fixedIn),
    suppressed:
      entry['ignored'] === true ? text(entry['ignored_reason']) || "Safety's policy file" : null,
  };
}
