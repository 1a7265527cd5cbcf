import { describe, expect, test } from '@jest/globals';
import { faultsOfReport, staleness } from '../../../src/domain/scan/prove-report';
import { noFacts, type ReportFacts } from '../../../src/domain/scan/report-facts';
import { readReportLines, type ReportRequest } from '../../../src/domain/scan/report-line';
import { layThreshold, readThreshold } from '../../../src/domain/scan/thresholds';
import { defaultPolicy } from '../../../src/domain/scan/policy';

const digest = `sha256:${'a'.repeat(64)}`;
const commit = 'c'.repeat(40);
const hash = 'f'.repeat(64);

describe('lines of reports', () => {
  test('a path, classes, proofs, and the age of the database', () => {
    const line = `trivy=out/a, b.json, classes=vulnerability secret, digest=ghcr.io/x/y@${digest}, commit=${commit}, sha256=${hash}, made=here, db-updated=2026-01-31T06:00:00Z`;
    expect(readReportLines([line, 'gitleaks=leaks.json'])).toEqual({
      problems: [],
      requests: [
        {
          kind: 'trivy',
          path: 'out/a, b.json',
          classes: ['vulnerability', 'secret'],
          proofs: [
            { kind: 'digest', value: digest },
            { kind: 'commit', value: commit },
            { kind: 'sha256', value: hash },
            { kind: 'this-job' },
          ],
          dbUpdated: new Date('2026-01-31T06:00:00Z'),
        },
        { kind: 'gitleaks', path: 'leaks.json', classes: ['secret'], proofs: [], dbUpdated: null },
      ],
    });
  });

  test.each([
    ['snyk=a.json', 'is not kind=path'],
    ['trivy=', 'is not kind=path'],
    ['trivy=a.json', 'it is not said what was scanned for'],
    ['trivy=a.json, classes=vulns', 'vulns is no class of trivy'],
    ['gitleaks=a.json, classes=licence', 'licence is no class of gitleaks'],
    ['sarif=a.json, classes=code secret', 'a SARIF report is of one class'],
    ['gitleaks=a.json, digest=sha256:123', 'digest=sha256:123 is none'],
    ['gitleaks=a.json, digest=', 'digest= is none'],
    ['gitleaks=a.json, commit=main', 'commit=main is none'],
    ['gitleaks=a.json, made=there', 'made=there is not known'],
    ['gitleaks=a.json, proof=x', 'proof is not known'],
    ['gitleaks=a.json, made=here, made=here', 'made is given twice'],
    ['gitleaks=a.json, db-updated=yesterday', 'is no point in time'],
  ])('%s', (line, says) => {
    expect(
      readReportLines([line])
        .problems.map((problem) => problem.says)
        .join(),
    ).toContain(says);
  });

  test('a report twice is an error', () => {
    expect(
      readReportLines(['gitleaks=a.json', 'sarif=a.json, classes=code']).problems[0]?.says,
    ).toBe('a.json is listed twice');
  });
});

const request = (line: string): ReportRequest => {
  const [read] = readReportLines([line]).requests;
  if (read === undefined) throw new Error(line);
  return read;
};
const own = { sha256: hash, isTracked: false };
const facts = (more: Partial<ReportFacts>): ReportFacts => ({ ...noFacts, ...more });

describe('a report proves something', () => {
  test.each<[string, string, Partial<ReportFacts>, Partial<typeof own>, boolean, string | null]>([
    ['made here', 'made=here', {}, {}, false, null],
    ['of this image', `digest=${digest}`, { digests: [digest] }, {}, false, null],
    [
      'of another image',
      `digest=${digest}`,
      { digests: ['sha256:b'] },
      {},
      false,
      `the image in it is sha256:b, not ${digest}`,
    ],
    [
      'of no image',
      `digest=${digest}`,
      {},
      {},
      false,
      'it does not say the image that was scanned',
    ],
    ['of this commit', `commit=${commit}`, { commits: [commit] }, {}, false, null],
    [
      'of another commit',
      `commit=${commit}`,
      { commits: ['abc'] },
      {},
      false,
      `the commit in it is abc, not ${commit}`,
    ],
    ['this very file', `sha256=${hash}`, {}, {}, false, null],
    ['another file', `sha256=${hash}`, {}, { sha256: 'e' }, false, `its SHA-256 is e, not ${hash}`],
    [
      'tied to nothing',
      'classes=secret',
      {},
      {},
      false,
      'nothing ties it to what is released: it may be of another image, or of yesterday',
    ],
    [
      'brought by the scanned code',
      'made=here',
      {},
      { isTracked: true },
      false,
      'it is part of the checkout, so that the scanned code itself could say what it likes',
    ],
    [
      'of an empty folder',
      'made=here',
      { targets: 0 },
      {},
      false,
      'nothing at all was scanned in it',
    ],
    ['of an empty folder that may be', 'made=here', { targets: 0 }, {}, true, null],
  ])('%s', (_what, words, more, file, allowEmpty, says) => {
    const faults = faultsOfReport(
      request(`gitleaks=a.json, ${words}`),
      facts(more),
      { ...own, ...file },
      allowEmpty,
    );
    expect(faults.map((fault) => fault.says)).toEqual(says === null ? [] : [says]);
  });
});

describe('the age of a database', () => {
  const now = new Date('2026-02-10T00:00:00Z');
  const day = 24 * 3600 * 1000;
  test.each([
    ['unknown', 'trivy=a.json, classes=vulnerability', 5 * day, 'is not known'],
    [
      'too old',
      'trivy=a.json, classes=vulnerability, db-updated=2026-02-01',
      5 * day,
      'older than',
    ],
    ['young', 'trivy=a.json, classes=vulnerability, db-updated=2026-02-08', 5 * day, null],
    [
      'of the future',
      'trivy=a.json, classes=vulnerability, db-updated=2026-03-08',
      5 * day,
      'lies in the future',
    ],
    ['of no interest', 'trivy=a.json, classes=vulnerability', null, null],
    ['not used', 'trivy=a.json, classes=secret', 5 * day, null],
    ["a service's", 'npm-audit=a.json', 5 * day, null],
  ])('%s', (_what, line, max, says) => {
    const why = staleness(request(line), max, now);
    if (says === null) expect(why).toBeNull();
    else expect(why).toContain(says);
  });
});

describe('levels', () => {
  test('one for all, single ones over it, none for nothing', () => {
    const read = readThreshold(
      'fail-on',
      'critical\nlicence=low, secret=verified\n# no\ncode=none',
    );
    expect(read.problems).toEqual([]);
    expect(read.named).toEqual(['licence', 'secret', 'code']);
    expect(layThreshold(defaultPolicy.failOn, read.texts)).toEqual({
      levels: {
        vulnerability: 'critical',
        misconfiguration: 'critical',
        licence: 'low',
        code: null,
      },
      secret: 'verified',
    });
    expect(layThreshold(defaultPolicy.failOn, readThreshold('x', 'none').texts).secret).toBeNull();
  });

  test.each([
    ['hihg', '"hihg" is no level'],
    ['secret=high', '"high" is no level'],
    ['licence=verified', '"verified" is no level'],
    ['license=low', '"license" is no class'],
  ])('%s', (text, says) => {
    expect(readThreshold('fail-on', text).problems.map((one) => one.says)).toEqual([says]);
  });
});
