import { blankFinding, type Finding, type Rule, type Severity } from '../../domain/scan/finding';
import type { ReportSink } from './report-reader';
import { severityOfScore } from './severity';
import { fields, line, list, page, score, text, type Fields } from './values';

/** A result before the rules of its run are known. */
export interface SarifDraft {
  readonly finding: Finding;
  readonly ruleIndex: number;
  readonly level: string;
}

/** A result, if it is a finding at all. */
export function readResult(result: Fields, sink: ReportSink): SarifDraft | null {
  // Of the other kinds a tool tells what it looked at and found good.
  if (!['fail', 'open', 'review', ''].includes(text(result['kind']))) return null;
  const own = fields(result['rule']);
  const id = text(result['ruleId'], 200) || text(own['id'], 200);
  const place = fields(fields(list(result['locations'])[0])['physicalLocation']);
  const region = fields(place['region']);
  const snippet = text(fields(region['snippet'])['text'], 100_000);
  const said = text(fields(result['message'])['text'], 4000);
  const isSecret = sink.soleClass === 'secret';
  // gitleaks writes the secret itself into the snippet: of such results only places are kept.
  const rule = { id, aliases: [], title: isSecret ? '' : said.slice(0, 200), url: null };
  const index = result['ruleIndex'] ?? own['index'];
  const finding = {
    ...blankFinding(sink.soleClass, '', rule),
    target: text(fields(place['artifactLocation'])['uri']),
    line: line(region['startLine']),
    mark: isSecret ? sink.seal(snippet) : sink.hash(snippet === '' ? said : snippet),
    suppressed: suppressionOf(list(result['suppressions']).map(fields)),
  };
  const ruleIndex = typeof index === 'number' ? index : -1;
  return { finding, ruleIndex, level: text(result['level'], 20) };
}

function suppressionOf(suppressions: readonly Fields[]): string | null {
  const [first] = suppressions.filter(
    ({ status }) => status === undefined || status === 'accepted',
  );
  if (first === undefined || suppressions.some(({ status }) => status === 'rejected')) return null;
  return text(first['justification'], 200) || `${text(first['kind'], 20)}, without a reason`;
}

/** The finding with what its rule says. */
export function finishResult({ finding, ruleIndex, level }: SarifDraft, tool: Fields): Finding {
  const driver = fields(tool['driver']);
  const rules = list(driver['rules']).map(fields);
  const rule = rules[ruleIndex] ?? rules.find(({ id }) => id === finding.rule.id) ?? {};
  const properties = fields(rule['properties']);
  const rating = score(properties['security-severity']);
  const word = level || text(fields(rule['defaultConfiguration'])['level']) || 'warning';
  const short = text(fields(rule['shortDescription'])['text'], 200) || text(rule['name'], 200);
  const id = finding.rule.id || text(rule['id'], 200) || 'unnamed';
  const said: Rule = {
    id,
    aliases: [],
    title: short || finding.rule.title || id,
    url: page(rule['helpUri']),
  };
  return {
    ...finding,
    rule: said,
    tool: text(driver['name'], 60) || 'SARIF',
    severity: rating !== null && rating > 0 ? severityOfScore(rating) : severityOfLevel(word),
    score: rating,
  };
}

function severityOfLevel(level: string): Severity {
  if (level === 'error') return 'high';
  return level === 'note' || level === 'none' ? 'low' : 'medium';
}
