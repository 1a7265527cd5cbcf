import { blankFinding, type Finding } from '../../domain/scan/finding';
import { noFacts } from '../../domain/scan/report-facts';
import { cutJson } from './cut-json';
import type { ReportReader } from './report-reader';
import { ReportTrouble } from './report-trouble';
import { severityOf } from './severity';
import { fields, list, number, page, score, text, texts, type Fields } from './values';

/** `npm audit --json` of npm 7 and newer (auditReportVersion 2): lib/report.js of npm/npm-audit-report. */
export const readNpmAudit: ReportReader = async (chunks, sink) => {
  const top = fields(await cutJson(chunks));
  const trouble = text(fields(top['error'])['summary']) || text(top['message']);
  if ('error' in top) throw new ReportTrouble(`npm audit failed: ${trouble || 'without a reason'}`);
  if (top['auditReportVersion'] !== 2)
    throw new ReportTrouble(
      'it is no report of npm audit that is known: auditReportVersion is not 2',
    );
  for (const entry of Object.values(fields(top['vulnerabilities'])))
    for (const finding of findingsOf(fields(entry))) sink.add(finding);
  const { dependencies } = fields(top['metadata']);
  return { ...noFacts, tool: 'npm audit', targets: number(fields(dependencies)['total']) };
};

/** What is in `via` as text is another package's finding, which has an entry of its own. */
function findingsOf(entry: Fields): readonly Finding[] {
  const name = text(entry['name'], 200);
  const [path = ''] = texts(entry['nodes']);
  return list(entry['via'])
    .map(fields)
    .filter((via) => text(via['title']) !== '' || 'source' in via)
    .map((via) => {
      const url = page(via['url']);
      const id =
        /GHSA(?:-[0-9a-z]{4}){3}/.exec(url ?? '')?.[0] ??
        `npm-${String(via['source']).slice(0, 40)}`;
      const rule = { id, aliases: [], title: text(via['title'], 200) || id, url };
      const rating = score(fields(via['cvss'])['score']);
      return {
        ...blankFinding('vulnerability', 'npm audit', rule),
        severity: severityOf(text(via['severity'])),
        // npm writes 0 where nobody rated it.
        score: rating === 0 ? null : rating,
        target: 'package-lock.json',
        package: {
          name,
          version: text(entry['range'], 200),
          purl: `pkg:npm/${name.replace('@', '%40')}`,
          fixedIn: entry['fixAvailable'] === false ? '' : fixOf(entry['fixAvailable']),
          scope: null,
          path,
        },
      };
    });
}

function fixOf(available: unknown): string {
  const { name, version } = fields(available);
  return text(version) === '' ? 'npm audit fix' : `${text(name, 200)} ${text(version, 100)}`;
}
