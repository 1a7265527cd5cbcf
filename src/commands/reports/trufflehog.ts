import { blankFinding, type Finding, type SecretStatus } from '../../domain/scan/finding';
import { noFacts } from '../../domain/scan/report-facts';
import type { Sighting } from '../../domain/scan/sighting';
import { parseJson } from '../../domain/json';
import type { ReportReader, ReportSink } from './report-reader';
import { ReportTrouble } from './report-trouble';
import { textLines } from './text-lines';
import { fields, line, text, type Fields } from './values';

/**
 * TruffleHog's JSON lines with its log (`--json` and `2>&1`): one object a finding (pkg/output/json.go), and log lines, of which
 * the last one says that it came to its end. It exits 0 and prints nothing where it could not even find the commit, so its
 * word that it has finished is what makes a report.
 */
export const readTruffleHog: ReportReader = async (chunks, sink) => {
  let finished = false;
  let version = '';
  let scanned: number | null = null;
  for await (const raw of textLines(chunks)) {
    const entry = fields(parseJson(raw));
    if ('DetectorName' in entry) sink.add(findingOf(entry, sink), sightingOf(entry));
    else if ('msg' in entry && 'level' in entry) {
      refuseErrors(entry);
      version ||= text(entry['trufflehog_version'], 60);
      if (entry['msg'] === 'finished scanning') {
        finished = true;
        scanned = typeof entry['chunks'] === 'number' ? entry['chunks'] : null;
      }
    } else if (!isBanner(raw))
      throw new ReportTrouble(`it has a line that is not TruffleHog's: ${quoted(raw)}`);
  }
  if (!finished)
    throw new ReportTrouble(
      'it does not say that TruffleHog came to its end: write it with --json and its log, `> report.jsonl 2>&1`',
    );
  return { ...noFacts, tool: 'TruffleHog', version, targets: scanned };
};

// Nothing of a stranger's line may be shown: it can be a part of a secret.
const quoted = (raw: string): string => `${raw.length} characters`;

/** What it prints before it begins. */
const isBanner = (raw: string): boolean => /TruffleHog\. Unearth your secrets\./.test(raw);

/** It logs what keeps it from scanning at all at the level of a remark, and ends with 0. */
function refuseErrors(entry: Fields): void {
  const why = text(entry['error']);
  if (why === '' && !/^(?:error|fatal|panic|dpanic)/.test(text(entry['level']))) return;
  throw new ReportTrouble(
    `TruffleHog met an error: ${[text(entry['msg']), why].filter((one) => one !== '').join(': ')}`,
  );
}

/** What is in `SourceMetadata.Data`, under the name of the kind of source. */
function placeOf(entry: Fields): Fields {
  const [source] = Object.values(fields(fields(entry['SourceMetadata'])['Data']));
  return fields(source);
}

function sightingOf(entry: Fields): Sighting {
  const place = placeOf(entry);
  const at = line(place['line']);
  return {
    commit: text(place['commit']),
    file: text(place['file'], 4096),
    line: at,
    endLine: at,
    text: text(entry['Raw'], 10_000),
  };
}

function findingOf(entry: Fields, { seal }: ReportSink): Finding {
  const detector = text(entry['DetectorName'], 100);
  const place = placeOf(entry);
  const raw = [entry['Raw'], entry['RawV2'], ...Object.values(fields(entry['SecretParts']))];
  const hashes = raw
    .filter((one) => typeof one === 'string' && one !== '')
    .map((one) => seal(String(one)));
  const rule = { id: detector, aliases: [], title: `Secret of ${detector}`, url: null };
  return {
    ...blankFinding('secret', 'TruffleHog', rule),
    severity: entry['Verified'] === true ? 'critical' : 'high',
    target: text(place['file']) || text(place['link']),
    line: line(place['line']),
    secret: statusOf(entry),
    mark: hashes[0] ?? '',
  };
}

function statusOf(entry: Fields): SecretStatus {
  if (entry['Verified'] === true) return 'verified';
  return text(entry['VerificationError']) === '' ? 'unverified' : 'unknown';
}
