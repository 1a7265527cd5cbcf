import { describe, expect, test } from '@jest/globals';
import { marked } from 'marked';
import { deploySummary, summaryBytes } from '../../src/report/deploy-summary';
import {
  badOutcome,
  goodOutcome,
  journalOf,
  returnedReport,
  sampleHost,
  sampleReport,
} from './sample-report';

const titleOf = (markdown: string) => markdown.split('\n')[0];
const servesOf = (markdown: string) => /\*\*Serves now:\*\* (.*)/.exec(markdown)?.[1];

describe('a release that went wrong', () => {
  const sentBack = deploySummary(returnedReport());

  test('sent back: says what serves, why, and what to do next', () => {
    expect(titleOf(sentBack)).toBe('## ↩️ `shop` on `production`: `1.4.0` was sent back');
    expect(servesOf(sentBack)).toMatch(/^release `6-1.3.0`, again\./);
    expect(sentBack).toContain('### `app1.example.com`: failed at the step `bake`');
    expect(sentBack).toContain(
      '**Reason:** https&#58;//shop.example.com/api/health failed 3 times',
    );
    expect(sentBack).toContain('run `docker logs shop-production-green-backend-1` on the host');
  });

  test('sent back: shows the last lines, the probes, the proof, and that data stays', () => {
    expect(sentBack).toContain('ERROR: relation "orders" does not exist');
    expect(sentBack).toContain('| 2.0 s | `https://shop.example.com/api/health` | ❌ | `500` |');
    expect(sentBack).toContain('back: `blue serves, 3 of 3 answers`');
    expect(sentBack).toContain('Data is never rolled back by itself');
    expect(sentBack).not.toContain('The way back');
  });

  test('never switched: says that traffic did not move', () => {
    const records = journalOf(['gate', 'intent', 0], ['gate', 'failed', 9, 'never healthy']);
    const outcome = { ...badOutcome, verdict: 'failed', state: 'BLUE' } as const;
    const hosts = [sampleHost({ verdict: 'failed', state: 'BLUE', records, outcome })];
    const summary = deploySummary(sampleReport({ verdict: 'failed', hosts }));
    expect(titleOf(summary)).toBe('## ❌ `shop` on `production`: `1.4.0` was not released');
    expect(servesOf(summary)).toMatch(/^release `6-1.3.0`, as before. Traffic was never moved\./);
  });

  test('ended before a keeper had a word: the reason of the run stands at the top', () => {
    const failure = { reason: 'the image was not found', hint: 'push it' };
    const hosts = [sampleHost({ verdict: 'failed', state: null, records: [], outcome: null })];
    const summary = deploySummary(
      sampleReport({ verdict: 'failed', previous: null, failure, hosts, data: null }),
    );
    expect(servesOf(summary)).toMatch(/^what ran before, as before\./);
    expect(summary).toContain(
      '**Reason:** the image was not found\n\n**What to do next:** push it',
    );
    expect(summary).not.toContain('mermaid');
  });

  test('not proven: claims nothing, and shows the worst host first', () => {
    const lost = {
      ...badOutcome,
      verdict: 'unproven',
      state: 'UNKNOWN',
      reason: 'no answer',
    } as const;
    const hosts = [
      sampleHost({ host: 'app1' }),
      sampleHost({ host: 'app2', verdict: 'unproven', state: 'UNKNOWN', outcome: lost }),
    ];
    const summary = deploySummary(sampleReport({ verdict: 'unproven', hosts }));
    expect(titleOf(summary)).toBe('## ⚠️ `shop` on `production`: what serves is not proven');
    expect(servesOf(summary)).toMatch(/^unknown\. Look at the hosts marked `UNKNOWN`/);
    expect(summary.indexOf('section app2')).toBeLessThan(summary.indexOf('section app1'));
    expect(summary).toContain('### `app2`');
    expect(summary).not.toContain('### `app1`');
  });

  test('refused: lists every problem with its fix', () => {
    const problems = [
      { host: 'app1', what: 'Docker is not there', fix: 'install `docker.io`' },
      { what: 'unknown key `helth`', fix: 'write `health`' },
    ];
    const report = sampleReport({ verdict: 'refused', hosts: [], problems, data: null });
    const summary = deploySummary(report);
    expect(titleOf(summary)).toMatch(/refused, nothing was touched$/);
    expect(summary).toContain('**2 problems, all of them listed:**\n\n| ');
    expect(summary).toContain('| 1 | `app1` | Docker is not there | install `docker.io` |');
    expect(summary).toContain('| 2 | all | unknown key `helth` | write `health` |');
  });
});

describe('a release that went well', () => {
  test('says what serves, how it is known, and the way back', () => {
    const summary = deploySummary(sampleReport());
    expect(titleOf(summary)).toBe('## ✅ `shop` on `production`: `1.4.0` is released');
    expect(servesOf(summary)).toMatch(/^release `7-1.4.0` on 1 host\. Took 1 min 12 s\./);
    expect(summary).toContain(
      '| `app1.example.com` | deployed (GREEN) | green | `7-1.4.0` | `6-1.3.0` | `backend` `0a1b2c3d4e5f`<br>`frontend` `f5e4d3c2b1a0` | 70.0 s |',
    );
    expect(summary).toContain('switch: `green serves, 3 of 3 answers`');
    expect(summary).toContain('`environment: production` and `version: 1.3.0`');
    expect(summary).not.toContain('**Reason:**');
  });

  test('with leftovers: says so, with the warnings of runner and keeper once each', () => {
    const outcome = {
      ...goodOutcome,
      state: 'GREEN+' as const,
      warnings: ['the old slot did not stop'],
    };
    const warnings = ['the old slot did not stop', 'the disk is nearly full'];
    const summary = deploySummary(
      sampleReport({ hosts: [sampleHost({ state: 'GREEN+', outcome, warnings })] }),
    );
    expect(servesOf(summary)).toContain('Cleaning up is not complete');
    expect(summary.match(/^- ⚠️ /gm)).toHaveLength(2);
  });

  test.each([
    ['deployed', 'GREEN', /rolled back, `1.4.0` serves again$/],
    ['rolled-back', 'GREEN', /rolled back, `1.4.0` serves again$/],
    ['rolled-back', 'BACK', /`1.4.0` was sent back$/],
    ['failed', 'BLUE', /not rolled back to `1.4.0`$/],
  ] as const)('a rollback that ended %s in %s is told as what it is', (verdict, state, title) => {
    const hosts = [sampleHost({ verdict, state })];
    expect(titleOf(deploySummary(sampleReport({ kind: 'rollback', verdict, hosts })))).toMatch(
      title,
    );
  });

  test('a dry run is a plan, host by host', () => {
    const steps = [{ step: 'pull', text: '2 images' }];
    const changes = [{ title: 'compose of green', lines: ['- a: 1', '+ a: ```2'] }];
    const dryRun = [{ host: 'app1', steps, changes }];
    const summary = deploySummary(sampleReport({ dryRun }));
    expect(titleOf(summary)).toBe('## 📋 `shop` on `production`: plan for `1.4.0`');
    expect(summary).toContain('### `app1`\n\n|  | step | what it would do |');
    expect(summary).toContain('| 1 | pull | 2 images |');
    expect(summary).toContain(
      '#### Changes of compose of green\n\n````diff\n- a: 1\n+ a: ```2\n````',
    );
    for (const done of ['deployed', 'Timeline', 'way back']) expect(summary).not.toContain(done);
  });
});

describe('the data', () => {
  const nothing = { schemaBefore: null, schemaAfter: null, backups: [], backupSkipped: null };
  test.each([
    ['was not asked for', {}, '**Schema:** unknown (set `migrate.version`'],
    ['moved', { schemaBefore: 'a', schemaAfter: 'b' }, '**Schema:** `a` → `b`'],
    ['did not move', { schemaBefore: 'a', schemaAfter: 'a' }, '**Schema:** unchanged, `a`'],
    ['is known in part', { schemaBefore: 'a' }, '**Schema:** `a` → unknown'],
    ['has a backup', { backups: ['b-7'] }, '**Backup of this release:** `b-7`'],
    [
      'was not backed up',
      { backupSkipped: 'the disk is full' },
      'none, **skipped by an input:** the disk is full',
    ],
  ])('%s', (_, changes, line) => {
    const data = { ...nothing, ...changes };
    expect(deploySummary(sampleReport({ data }))).toContain(line);
  });

  test('comes from the journal when the report does not say it', () => {
    const facts = { schemaBefore: 'x', schemaAfter: 'y', backups: ['b-9'] };
    const records = journalOf(['go', 'done', 0]).map((record) => ({ ...record, facts }));
    const summary = deploySummary(sampleReport({ data: null, hosts: [sampleHost({ records })] }));
    expect(summary).toContain('`x` → `y`');
    expect(summary).toContain('`b-9`');
  });
});

describe('hostile text from a container', () => {
  const evil =
    '`````\n</details></td>| a | b |\n![i](https://e.example/i.png)<img src=x>@octocat [l](http://e.example)\n::error::x \u001b[31m$y$ https://e.example';

  test('changes nothing around it', () => {
    const outcome = {
      reason: evil,
      hint: evil,
      warnings: [evil],
      logs: [{ container: evil, lines: [evil, evil] }],
      transcript: [{ atMs: 1, target: evil, ok: false, said: evil }],
    };
    const summary = deploySummary(returnedReport(outcome));
    const page = marked.parse(summary, { async: false });
    expect(page).not.toMatch(/<(?:img|script)\b/);
    expect([...page.matchAll(/<a href="([^"]*)"/g)].map((match) => match[1])).toEqual([
      'https://github.com/example/shop/actions/runs/1',
    ]);
    expect(page.match(/<details>/g)).toHaveLength(1);
    expect(page.match(/<\/details>/g)).toHaveLength(1);
    expect(page.match(/<table>/g)).toHaveLength(3);
    expect(page.match(/<h3/g)).toHaveLength(4);
    expect(summary).not.toContain('\u001b');
  });

  test('five megabytes of it, on thirty hosts, leave a readable page with its timeline', () => {
    const lines = Array<string>(50_000).fill('😀`|'.repeat(25));
    const outcome = {
      ...badOutcome,
      reason: 'r'.repeat(5_000_000),
      logs: Array.from({ length: 6 }, () => ({ container: 'c', lines })),
    };
    const host = { verdict: 'failed', state: 'BLUE', outcome } as const;
    const hosts = Array.from({ length: 30 }, (_, index) =>
      sampleHost({ ...host, host: `h${index}` }),
    );
    const summary = deploySummary(sampleReport({ verdict: 'failed', hosts }));
    expect(new TextEncoder().encode(summary).length).toBeLessThanOrEqual(summaryBytes);
    expect(summary).toMatch(/_\d+ more sections did not fit/);
    expect(summary).toContain('```mermaid');
    expect(summary).toContain('### `h0`');
    expect(summary).toContain('### Data');
  });
});
