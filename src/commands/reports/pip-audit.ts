import { blankFinding, notAuditedRule, type Finding } from '../../domain/scan/finding';
import { noFacts } from '../../domain/scan/report-facts';
import { cutJson } from './cut-json';
import { pythonPackage } from './python-package';
import type { ReportReader } from './report-reader';
import { ReportTrouble } from './report-trouble';
import { fields, list, text, texts, type Fields } from './values';

/** `pip-audit --format json`: pip_audit/_format/json.py of pypa/pip-audit. */
export const readPipAudit: ReportReader = async (chunks, sink) => {
  let packages = 0;
  const whole = await cutJson(chunks, {
    depth: 2,
    take: (part, value) => {
      if (part !== 'dependencies') return;
      const entry = fields(value);
      if (text(entry['name']) === '' || (!('vulns' in entry) && !('skip_reason' in entry)))
        throw new ReportTrouble(
          'it is no report of pip-audit: a dependency without its name or findings',
        );
      packages += 1;
      for (const finding of findingsOf(entry)) sink.add(finding);
    },
  });
  if (!Array.isArray(fields(whole)['dependencies']))
    throw new ReportTrouble('it is no report of pip-audit: it has no dependencies');
  return { ...noFacts, tool: 'pip-audit', targets: packages };
};

function findingsOf(entry: Fields): readonly Finding[] {
  const name = text(entry['name'], 200);
  const version = text(entry['version'], 100);
  const reason = text(entry['skip_reason'], 200);
  const place = { target: 'Python packages' };
  if ('skip_reason' in entry) {
    const title = `pip-audit left it out: ${reason}`;
    const rule = { id: notAuditedRule, aliases: [], title, url: null };
    const found = pythonPackage(name, version, '');
    return [{ ...blankFinding('vulnerability', 'pip-audit', rule), ...place, package: found }];
  }
  return list(entry['vulns'])
    .map(fields)
    .map((one) => {
      const id = text(one['id'], 100);
      const title = text(one['description'], 200) || id;
      const fixedIn = texts(one['fix_versions']).join(', ');
      const rule = { id, aliases: texts(one['aliases']), title, url: null };
      const found = pythonPackage(name, version, fixedIn);
      return { ...blankFinding('vulnerability', 'pip-audit', rule), ...place, package: found };
    });
}
