import { noFacts } from '../../domain/scan/report-facts';
import { cutJson, numbersIn } from './cut-json';
import type { ReportReader } from './report-reader';
import { ReportTrouble } from './report-trouble';
import { finishResult, readResult, type SarifDraft } from './sarif-results';
import { fields, list, text, type Fields } from './values';

/** Any SARIF 2.1.0: the OASIS standard of that name. */
export const readSarif: ReportReader = async (chunks, sink) => {
  const drafts = new Map<number, SarifDraft>();
  const commits = new Set<string>();
  const whole = await cutJson(chunks, {
    depth: 4,
    take: (part, entry, number) => {
      if (part === 'invocations') refuseFailures(fields(entry));
      else if (part === 'versionControlProvenance') commits.add(text(fields(entry)['revisionId']));
      else if (part === 'results') {
        const draft = readResult(fields(entry), sink);
        if (draft !== null) drafts.set(number, draft);
      }
    },
  });
  const { version } = fields(whole);
  if (version !== '2.1.0')
    throw new ReportTrouble(
      `it is no SARIF that is known: version is ${JSON.stringify(version ?? 'missing').slice(0, 40)}, not 2.1.0`,
    );
  const runs = list(fields(whole)['runs']).map(fields);
  for (const { tool, results } of runs)
    for (const number of numbersIn(results)) {
      const draft = drafts.get(number);
      if (draft !== undefined) sink.add(finishResult(draft, fields(tool)));
    }
  const drivers = runs.map(({ tool }) => fields(fields(tool)['driver']));
  return {
    ...noFacts,
    tool: [...new Set(drivers.map(({ name }) => text(name, 60)))].join(', ') || 'SARIF',
    version: text(drivers[0]?.['semanticVersion'] ?? drivers[0]?.['version'], 60),
    commits: [...commits].filter((one) => one !== ''),
    targets: runs.length,
  };
};

function refuseFailures(invocation: Fields): void {
  if (invocation['executionSuccessful'] === false)
    throw new ReportTrouble('the tool that wrote it says that it failed (executionSuccessful)');
  const errors = list(invocation['toolExecutionNotifications'])
    .map(fields)
    .filter(({ level }) => level === 'error');
  const [first] = errors;
  if (first !== undefined)
    throw new ReportTrouble(`the tool met an error: ${text(fields(first['message'])['text'])}`);
}
