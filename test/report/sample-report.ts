import type { JournalRecord, Outcome, Step } from '../../src/domain/records/journal';
import type { DeployReport, HostReport } from '../../src/report/deploy-report';

const startMs = Date.parse('2026-03-04T10:00:00.000Z');

/** A journal from rows of step, phase, milliseconds after the start, and text. */
export function journalOf(
  ...rows: readonly (readonly [Step, JournalRecord['phase'], number, string?])[]
): JournalRecord[] {
  return rows.map(([step, phase, afterMs, text], index) => ({
    seq: index + 1,
    epoch: 1,
    step,
    phase,
    time: new Date(startMs + afterMs).toISOString(),
    ...(text === undefined ? {} : { text }),
  }));
}

export const goodJournal = journalOf(
  ['keeper', 'intent', 0, 'started'],
  ['pull', 'intent', 20],
  ['pull', 'done', 1220, '3 images, 1 pulled'],
  ['migrate', 'intent', 1230],
  ['migrate', 'done', 3030, 'alembic upgrade head'],
  ['start', 'intent', 3040],
  ['start', 'done', 4300, '3 containers'],
  ['go', 'done', 4310],
  ['gate', 'intent', 4320],
  ['gate', 'note', 5000, 'backend-1: starting'],
  ['gate', 'done', 7900, '3 of 3 replicas ready'],
  ['switch', 'intent', 7910],
  ['switch', 'done', 7960, 'green serves, 3 of 3 answers'],
  ['check', 'intent', 7961],
  ['check', 'done', 9100, '3 passes in a row'],
  ['bake', 'intent', 9101],
  ['bake', 'done', 39_100, '30 s, 30 of 30 checks passed'],
  ['drain', 'intent', 39_110],
  ['drain', 'done', 69_120, 'no connection left'],
  ['stop', 'intent', 69_130],
  ['stop', 'done', 70_000, 'blue stopped'],
  ['record', 'intent', 70_010],
  ['record', 'done', 70_020],
  ['end', 'done', 70_030],
);

export const goodOutcome: Outcome = {
  verdict: 'deployed',
  state: 'GREEN',
  reason: null,
  hint: null,
  warnings: [],
  logs: [],
  transcript: [],
};

export const badOutcome: Outcome = {
  verdict: 'rolled-back',
  state: 'BACK',
  reason: 'https://shop.example.com/api/health failed 3 times in a row: status 500 instead of 200',
  hint: 'See the last lines of the container below; run `docker logs shop-production-green-backend-1` on the host for more.',
  warnings: ['the old slot had to be started again'],
  logs: [
    {
      container: 'shop-production-green-backend-1',
      lines: ['INFO: started', 'ERROR: relation "orders" does not exist'],
    },
  ],
  transcript: [
    { atMs: startMs + 7961, target: 'https://shop.example.com/api/health', ok: true, said: '200' },
    { atMs: startMs + 9961, target: 'https://shop.example.com/api/health', ok: false, said: '500' },
  ],
};

export const badJournal = [
  ...goodJournal.slice(0, 15),
  ...journalOf(
    ['bake', 'intent', 9101],
    ['bake', 'failed', 12_000, 'status 500 instead of 200'],
    ['back', 'intent', 12_010],
    ['back', 'done', 12_040, 'blue serves, 3 of 3 answers'],
    ['undo', 'intent', 12_050],
    ['undo', 'done', 13_900],
    ['end', 'done', 13_910],
  ).map((record) => ({ ...record, seq: record.seq + 15 })),
];

const digest = (start: string) => `127.0.0.1:5000/shop@sha256:${start.padEnd(64, '0')}`;

/** What a host says after a release that went well; `changes` replace single fields. */
export function sampleHost(changes: Partial<HostReport> = {}): HostReport {
  return {
    host: 'app1.example.com',
    verdict: 'deployed',
    state: 'GREEN',
    slot: 'green',
    release: '7-1.4.0',
    previous: '6-1.3.0',
    digests: { backend: digest('0a1b2c3d4e5f'), frontend: digest('f5e4d3c2b1a0') },
    durationMs: 70_030,
    records: goodJournal,
    outcome: goodOutcome,
    warnings: [],
    ...changes,
  };
}

/** A release that went well on one host; `changes` replace single fields. */
export function sampleReport(changes: Partial<DeployReport> = {}): DeployReport {
  return {
    schema: 1,
    kind: 'deploy',
    app: 'shop',
    environment: 'production',
    version: '1.4.0',
    release: '7-1.4.0',
    previous: '6-1.3.0',
    verdict: 'deployed',
    hosts: [sampleHost()],
    problems: [],
    steps: null,
    failure: null,
    data: {
      schemaBefore: 'a1f0',
      schemaAfter: 'b2e9',
      backups: ['7-postgres-shop'],
      backupSkipped: null,
    },
    runUrl: 'https://github.com/example/shop/actions/runs/1',
    startedAt: '2026-03-04T10:00:00.000Z',
    durationMs: 72_000,
    dryRun: null,
    ...changes,
  };
}

/** The same release, sent back during the bake. */
export function returnedReport(outcome: Partial<Outcome> = {}): DeployReport {
  return sampleReport({
    verdict: 'rolled-back',
    hosts: [
      sampleHost({
        verdict: 'rolled-back',
        state: 'BACK',
        slot: 'blue',
        durationMs: 13_910,
        records: badJournal,
        outcome: { ...badOutcome, ...outcome },
      }),
    ],
  });
}
