import { blankFinding, type Finding } from '../../domain/scan/finding';
import { noFacts } from '../../domain/scan/report-facts';
import type { Sighting } from '../../domain/scan/sighting';
import { cutJson } from './cut-json';
import type { ReportReader, ReportSink } from './report-reader';
import { ReportTrouble } from './report-trouble';
import { fields, line, text, type Fields } from './values';

/** The JSON list of gitleaks and betterleaks: report/finding.go of gitleaks. */
export const readGitleaks: ReportReader = async (chunks, sink) => {
  const whole = await cutJson(chunks, {
    depth: 1,
    take: (_part, entry) => {
      sink.add(findingOf(fields(entry), sink), sightingOf(fields(entry)));
    },
  });
  if (!Array.isArray(whole)) throw new ReportTrouble('it is no report of gitleaks: no list');
  return { ...noFacts, tool: 'gitleaks' };
};

function findingOf(entry: Fields, sink: ReportSink): Finding {
  const id = text(entry['RuleID'], 100);
  if (id === '' || text(entry['File']) === '')
    throw new ReportTrouble('it is no report of gitleaks: an entry has no rule or no file');
  const fingerprint = text(entry['Fingerprint'], 1000);
  const rule = { id, aliases: [], title: text(entry['Description'], 200) || id, url: null };
  return {
    ...blankFinding('secret', 'gitleaks', rule),
    severity: 'high',
    target: text(entry['File']),
    line: line(entry['StartLine']),
    mark: markOf(entry, sink),
    nativeId: fingerprint,
  };
}

function sightingOf(entry: Fields): Sighting {
  return {
    commit: text(entry['Commit']),
    file: text(entry['File'], 4096),
    line: line(entry['StartLine']),
    endLine: line(entry['EndLine']),
    text: null,
  };
}

/** The secret itself where the report has it; else the commit tells two finds of a rule in a file apart. */
function markOf(entry: Fields, { seal, hash }: ReportSink): string {
  const secret = text(entry['Secret'], 100_000);
  const redacted = /^(?:REDACTED)?$|\.\.\.$/.test(secret);
  // The match is the secret with its surroundings: it must not be readable either.
  if (!redacted && typeof entry['Match'] === 'string') seal(text(entry['Match'], 100_000));
  return redacted ? hash(text(entry['Commit'])) : seal(secret);
}
