import { describe, expect, test } from '@jest/globals';
import { byteLength } from '../../src/report/markdown';
import { mergeSummary, type GateReport } from '../../src/report/merge-summary';
import { summaryPage } from '../../scripts/summary-page';

type Finding = GateReport['findings'][number];

const finding = (
  name: string,
  verdict: Finding['verdict'],
  says: string,
  more: Partial<Finding> = {},
): Finding => ({
  ...{ name, verdict, origin: 'CI, push', why: '', url: null },
  state: { says, meaning: verdict },
  ...more,
});

const summary = (findings: readonly Finding[], more: Partial<GateReport> = {}) => {
  const passed = findings.every(({ verdict }) => verdict === 'pass');
  return mergeSummary({ passed, timedOut: false, notes: [], sha: '', findings, ...more });
};

const all = [
  finding('lint', 'pass', 'success'),
  finding('slow', 'wait', 'in progress'),
  finding('docs', 'pass', 'skipped', { why: 'it may be skipped' }),
  finding('gone', 'missing', 'not seen'),
  finding('test', 'fail', 'timed out', {
    url: 'https://github.com/octo-org/octo-repo/actions/runs/1/job/2',
  }),
];

describe('the summary of a gate', () => {
  test('says first what stands in the way, with links, and folds up what passed', () => {
    const text = summary(all, { timedOut: true, sha: 'ffac537e6cbbf934b08745a378932722df287a53' });
    expect(text).toMatch(/^## ❌ Not to be merged: 1 failed, 1 not seen, 1 not ended, 2 passed\n/);
    const places = [
      '[`test`](https://',
      '`gone`',
      '`slow`',
      '**Next:**',
      'worth a look',
      '`docs`',
      '<details>',
      '`lint`',
    ];
    const found = places.map((place) => text.indexOf(place));
    expect(found).toEqual(found.toSorted((one, other) => one - other));
    expect(found).not.toContain(-1);
    expect(text).toContain('**The time is over:**');
    expect(text).toContain('`ffac537e6cbb`');
  });

  test('is short when all passed', () => {
    const text = summary([finding('lint', 'pass', 'success')]);
    expect(text).toMatch(/^## ✅ May be merged: 1 passed\n\n<details>/);
    expect(text).not.toContain('Next');
  });

  test('over nothing says so', () => {
    expect(summary([], { passed: false, notes: ['There was nothing to judge.'] })).toBe(
      '## ❌ Not to be merged: there was nothing to judge\n\n> There was nothing to judge.\n\n',
    );
  });

  test('stays below what the runner takes, however much there is', () => {
    const name = '`|<&>'.repeat(40);
    const many = Array.from({ length: 5000 }, (_, index) =>
      finding(
        `${index}${name}`,
        index % 3 === 0 ? 'fail' : 'pass',
        index % 2 === 0 ? 'success' : 'neutral',
        { why: name },
      ),
    );
    const text = summary(many);
    expect(byteLength(text)).toBeLessThan(1_000_000);
    expect(text).toMatch(/… and \d+ more/);
  });

  test.each([
    ['markup', '<img src=x onerror=alert(1)><b>'],
    ['a link', '[click](https://evil.example) ![x](https://evil.example/x.png)'],
    ['a table and lines', 'a | b\n| --- |\n## no'],
    ['the end of code and of a fold', '```</details></summary>`'],
    ['a command of the runner', '::error::x\n##[error]x'],
  ])('shows %s in names, reasons and links as text', (_, evil) => {
    const text = summary(
      [finding(evil, 'fail', evil, { why: evil, origin: evil, url: `javascript:${evil}` })],
      { notes: [evil] },
    );
    const page = summaryPage(text, 'gate');
    expect(page).not.toMatch(/<img|<b>|<a |<h2[^>]*>no|onerror=alert\(1\)>/);
    expect(page.match(/<tr>/g)).toHaveLength(2);
    expect(text).not.toMatch(/^(::|##\[)/m);
  });
});
