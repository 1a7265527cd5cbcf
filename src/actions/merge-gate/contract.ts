import { z } from 'zod';
import { defineAction } from '../../contract/define-action';
import { block, choice, duration, filledIn, flag, text, token } from '../../contract/input-fields';
import { choiceOutput, jsonOutput } from '../../contract/output-fields';

const finding = z.object({
  kind: z.enum(['job', 'check', 'status', 'run']),
  name: z.string(),
  origin: z.string(),
  state: z.object({
    meaning: z.enum(['pass', 'fail', 'skip', 'wait']),
    says: z.string(),
    advice: z.string().optional(),
  }),
  verdict: z.enum(['pass', 'fail', 'wait', 'missing']),
  why: z.string(),
  url: z.string().nullable(),
});

const report = z.object({
  passed: z.boolean(),
  timedOut: z.boolean(),
  notes: z.array(z.string()),
  findings: z.array(finding),
  omitted: z.number(),
});

const names = 'names, by comma or line, or a JSON list';
const patterns = 'One per line: a name, `*` for any text, or `/regex/`.';

export const contract = defineAction({
  name: 'merge-gate',
  title: 'Shiplock merge-gate',
  description:
    'One required check that is green only if every job and check that must run did run and passed.',
  permissions: [
    {
      scope: 'contents',
      access: 'read',
      why: 'to read why a job was skipped, in the workflow file',
    },
    { scope: 'actions', access: 'read', why: 'to tell workflows apart, with `required` or `ref`' },
    { scope: 'checks', access: 'read', why: 'to read checks, with `required` or `ref`' },
    {
      scope: 'statuses',
      access: 'read',
      why: 'to read statuses, with `required` or `ref`; `write` on `workflow_run`',
    },
  ],
  inputs: {
    jobs: block('Results of the jobs that the gate needs: the expression `toJSON(needs)`.', {
      fallback: "the commit's checks alone",
      format: 'Write ${{ toJSON(needs) }}.',
    }),
    'allowed-failures': block(`Jobs and checks that may fail: ${names}.`),
    'allowed-skips': block(`Jobs and checks that may be skipped: ${names}.`),
    required: block(`Checks and statuses that must be seen on the commit and pass. ${patterns}`),
    ignored: block(`Checks and statuses that do not count. ${patterns}`),
    ref: text('Commit whose checks are judged.', {
      fallback:
        "the event's: the head of the pull request, merge group or run, when `required` is given",
    }),
    'github-token': token('Token that reads checks and the workflow file.'),
    timeout: duration('Longest wait for checks.', { default: '30m' }),
    interval: duration('Pause between two looks at the checks; it grows to a minute.', {
      default: '10s',
    }),
    settle: duration('Nothing must have appeared or ended for this long before the verdict.', {
      default: '30s',
    }),
    'fail-fast': flag('Whether the first failure is the verdict.', { default: 'true' }),
    'strict-skips': flag(
      'Whether a skip that comes from a failed or cancelled job fails, also where skips are allowed.',
      { default: 'true' },
    ),
    'skips-by-condition': choice(
      ['fail', 'pass'],
      'What a job means that its own condition skipped.',
      { default: 'fail' },
    ),
    'status-context': text('Name of the commit status that is written on `workflow_run`.', {
      default: 'merge-gate',
    }),
    'check-run-id': filledIn(
      'job.check_run_id',
      "Check run of the gate's own job, which does not count.",
    ),
  },
  outputs: {
    result: choiceOutput(['success', 'failure'], 'The verdict.'),
    success: choiceOutput(['true', 'false'], 'Whether it is a pass.'),
    failure: choiceOutput(['true', 'false'], 'Whether it is none.'),
    failed: jsonOutput(z.array(z.string()), 'Names of what failed.'),
    skipped: jsonOutput(z.array(z.string()), 'Names of what was skipped, allowed or not.'),
    missing: jsonOutput(
      z.array(z.string()),
      'Required names that nobody has seen, or that had not ended in time.',
    ),
    report: jsonOutput(
      report,
      'Everything that was judged; of more than 2,000 findings those that failed first.',
    ),
  },
  rules: [],
});
