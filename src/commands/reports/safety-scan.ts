import { blankFinding, type Finding } from '../../domain/scan/finding';
import { noFacts, type ReportFacts } from '../../domain/scan/report-facts';
import { pythonPackage } from './python-package';
import { ReportTrouble } from './report-trouble';
import { fields, list, text, type Fields } from './values';

/** What `safety scan --output json` of Safety 3 says, schema 3.0: dependencies by project and file, without severities. */
export function readSafetyScan(whole: Fields, take: (finding: Finding) => void): ReportFacts {
  const meta = fields(whole['meta']);
  const projects = list(fields(whole['scan_results'])['projects']).map(fields);
  let targets = 0;
  for (const project of projects) {
    for (const file of list(project['files']).map(fields)) {
      const target = within(text(file['location'], 1000), text(project['location'], 1000));
      for (const dependency of list(fields(file['results'])['dependencies']).map(fields)) {
        targets += 1;
        for (const finding of findingsOf(dependency, target)) take(finding);
      }
    }
  }
  const version = text(fields(meta['telemetry'])['safety_version'], 60);
  const commits = projects.map(cleanCommit).filter((commit) => commit !== '');
  return { ...noFacts, tool: 'Safety', version, targets, commits };
}

/** Of a checkout that was changed nobody knows what was scanned. */
function cleanCommit({ git }: Fields): string {
  const { commit, dirty } = fields(git);
  return dirty === false ? text(commit, 64) : '';
}

const within = (path: string, folder: string): string =>
  folder !== '' && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;

function findingsOf(dependency: Fields, target: string): readonly Finding[] {
  const name = text(dependency['name'], 200);
  const specifications = dependency['specifications'];
  if (name === '' || !Array.isArray(specifications))
    throw new ReportTrouble('it is no report of Safety: a dependency without its name or versions');
  return specifications.map(fields).flatMap((specification) => {
    const found = fields(specification['vulnerabilities']);
    const known = found['known_vulnerabilities'];
    if (!Array.isArray(known))
      throw new ReportTrouble(`it is no report of Safety: ${name} without its vulnerabilities`);
    const [, version = ''] = /==\s*([^\s,;]+)/.exec(text(specification['raw'])) ?? [];
    const fixedIn = text(fields(found['remediation'])['recommended'], 100);
    const affected = pythonPackage(name, version, fixedIn);
    return known.map(fields).map((one) => findingOf(one, affected, target));
  });
}

function findingOf(one: Fields, affected: Finding['package'], target: string): Finding {
  const id = text(one['id'], 100);
  if (id === '') throw new ReportTrouble('it is no report of Safety: a finding without its id');
  const title = `vulnerable: ${text(one['vulnerable_spec'], 200)}`;
  const rule = { id, aliases: [], title, url: null };
  const { code, reason } = fields(one['ignored']);
  const isIgnored = typeof one['ignored'] === 'object' && one['ignored'] !== null;
  return {
    ...blankFinding('vulnerability', 'Safety', rule),
    target,
    package: affected,
    suppressed: isIgnored ? text(reason) || text(code) || "Safety's policy file" : null,
  };
}
