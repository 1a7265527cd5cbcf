import { describe, expect, test } from '@jest/globals';
import { ganttSvg } from '../../scripts/gantt-svg';
import { summaryPage } from '../../scripts/summary-page';
import { deploySummary } from '../../src/report/deploy-summary';
import { gantt } from '../../src/report/gantt';
import { badJournal, goodJournal, journalOf, returnedReport } from '../report/sample-report';

const chart = (records: Parameters<typeof gantt>[0][number]['records']) =>
  ganttSvg(gantt([{ host: 'app1 <b>', records }]) ?? '');
const widths = (svg: string) =>
  [...svg.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map((match) => Number(match[1]));

describe('the timeline as a drawing', () => {
  test('refuses a chart without bars instead of drawing nothing', () => {
    expect(() => ganttSvg('gantt\n  section a')).toThrow('no bar in this gantt chart');
  });

  test('has a bar for each span, long as its time, and never too short to be seen', () => {
    const [pull = 0, migrate = 0, , gate = 0, switched] = widths(chart(goodJournal));
    expect(widths(chart(goodJournal))).toHaveLength(10);
    expect(migrate / pull).toBeCloseTo(1.5, 1);
    expect(gate / pull).toBeCloseTo(2.98, 1);
    expect(switched).toBe(3);
  });

  test('shows the ways back and the open ends in their own colours', () => {
    expect(chart(badJournal).match(/class="bar crit"/g)).toHaveLength(3);
    expect(chart(journalOf(['gate', 'intent', 0], ['gate', 'note', 90]))).toContain('"bar active"');
  });

  test('counts time from the start', () => {
    const labels = [...chart(goodJournal).matchAll(/"middle">([^<]+)</g)].map((match) => match[1]);
    expect(labels).toEqual(['0 s', '10 s', '20 s', '30 s', '40 s', '50 s', '1:00', '1:10']);
  });
});

describe('a summary as a page', () => {
  const page = summaryPage(deploySummary(returnedReport({ reason: '<img src=x>' })), 'a <b> & c');

  test('can load and run nothing', () => {
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/<(?:script|img|link|iframe)\b|<[^>]*\bsrc=|url\(|@import/);
  });

  test('shows the tables, the log and the drawn timeline', () => {
    expect(page).toContain('<title>a &lt;b> &amp; c</title>');
    expect(page.match(/<table>/g)).toHaveLength(3);
    expect(page).toContain('<pre><code class="language-text">INFO: started');
    expect(page).toContain('<svg class="gantt"');
    expect(page).not.toContain('language-mermaid');
  });
});
