import { z } from 'zod';
import { defineAction } from '../../contract/define-action';
import {
  choice,
  duration,
  flag,
  lines,
  block,
  secret,
  text,
  token,
} from '../../contract/input-fields';
import { toolInputs } from './tool-inputs';
import { size } from '../../contract/image-fields';
import { choiceOutput, jsonOutput, textOutput } from '../../contract/output-fields';

const counts = z.object({
  total: z.number(),
  decisions: z.record(z.string(), z.number()),
  severities: z.record(z.string(), z.number()),
  classes: z.record(z.string(), z.number()),
});

const levels = 'A severity, or `class=severity` by line or comma';

export const contract = defineAction({
  name: 'scan-gate',
  title: 'Shiplock scan-gate',
  description:
    'Runs vulnerability, secret, misconfiguration and licence scanners, or reads their reports, and gives one verdict: what could not be scanned, read or proven is never a pass.',
  permissions: [
    {
      scope: 'contents',
      access: 'read',
      why: 'to read policy and ignores of the base commit, on pull requests and merge groups',
    },
    {
      scope: 'security-events',
      access: 'write',
      why: 'to show findings as alerts in code scanning; without it they stand in the summary only',
    },
    { scope: 'pull-requests', access: 'write', why: 'only for `comment`' },
  ],
  inputs: {
    ...toolInputs,
    reports: lines(
      'Reports to judge, one per line: `kind=path, word=value, …`; kinds: trivy, trufflehog, gitleaks, safety, pip-audit, npm-audit, sarif.',
      { format: 'Write one kind=path per line; docs/scan-gate.md lists the words.' },
    ),
    config: text('File with the part `scan:`.', { fallback: '`shiplock.yml`, if there is one' }),
    'fail-on': block(`From what on the run fails. ${levels}.`, {
      fallback: '`scan.fail-on`, else `high` and `secret=unknown`',
    }),
    'warn-on': block(`From what on the run warns. ${levels}.`, {
      fallback: '`scan.warn-on`, else `medium` and `secret=unverified`',
    }),
    'ignore-unfixed': flag('Whether vulnerabilities without a fix only get listed.'),
    'max-image-size': size('Budget of an image, unpacked, on each platform, such as 500MB.', {
      fallback: '`scan.max-image-size`',
    }),
    ignores: lines("Other tools' ignore files, one per line.", {
      fallback: '`.trivyignore`, `.trivyignore.yaml` and `.gitleaksignore`, if they are there',
    }),
    'strict-ignores': flag(
      "Whether ignores in those files need a reason and an end too, and a tool's own suppressions count for nothing.",
    ),
    baseline: text(
      'Only what is new fails: `cache` for the result of the commit that this is built upon, or the path of an earlier output `json`.',
      {
        fallback: 'everything counts as new',
      },
    ),
    'allow-empty': flag('Whether a report in which nothing was scanned is one.'),
    'max-db-age': duration("Oldest database that Trivy's vulnerabilities may come from.", {
      default: '120h',
    }),
    'on-degraded': choice(
      ['fail', 'pass'],
      'What it means that a database is too old, or its age not known.',
      { default: 'fail' },
    ),
    'upload-sarif': choice(
      ['auto', 'true', 'false'],
      'Whether findings become alerts in code scanning. `auto`: if GitHub takes them; `true`: else the run fails.',
      { default: 'auto' },
    ),
    comment: flag(
      'Whether a pull request gets a comment with the result, one that is kept up to date.',
    ),
    category: text('Begin of the category of the alerts in SARIF.', { default: 'scan-gate' }),
    'fingerprint-key': secret(
      'Key for the fingerprints of secrets, beside the id of the repository.',
    ),
    'github-token': token('Token that reads the base commit, and writes alerts and comment.'),
  },
  outputs: {
    verdict: choiceOutput(
      ['clean', 'warnings', 'degraded', 'findings', 'scanner-error', 'refused', 'unproven'],
      'How it ended.',
    ),
    counts: jsonOutput(counts, 'Findings by decision, severity and class.'),
    new: textOutput('How many were not there in the baseline.'),
    existing: textOutput('How many were.'),
    fixed: textOutput('How many of the baseline are gone.'),
    sarif: textOutput('Path of the SARIF file.'),
    json: textOutput('Path of the whole result; the baseline of a later run.'),
    'degraded-reason': textOutput('Why the result is worth less than it seems.'),
  },
  rules: [],
});
