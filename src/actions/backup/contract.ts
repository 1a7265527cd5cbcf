import { z } from 'zod';
import {
  copyInputs,
  databaseInputs,
  proofInputs,
  restoreInputs,
} from '../../contract/backup-fields';
import { defineAction } from '../../contract/define-action';
import { choice, flag, text } from '../../contract/input-fields';
import { choiceOutput, jsonOutput, secondsOutput, textOutput } from '../../contract/output-fields';
import { hostInputs, imageInputs, sshRules } from '../../contract/release-fields';
import { backupCopy, manifestWithoutRows } from '../../domain/records/backup';

export const contract = defineAction({
  name: 'backup',
  title: 'Shiplock backup',
  description:
    'Backs up the databases of an app on its server, and proves each backup by restoring it into a scratch server and counting.',
  permissions: [
    { scope: 'contents', access: 'read', why: 'to check out shiplock.yml; without one, none' },
  ],
  inputs: {
    mode: choice(
      ['backup', 'verify', 'list', 'prune', 'restore'],
      'What to do: take backups; prove one again; show them; remove those that `keep` does not want; put one back.',
      { default: 'backup' },
    ),
    ...databaseInputs,
    ...proofInputs,
    ...copyInputs,
    'backup-id': text('The backup that is meant; verify and restore.', {
      fallback: 'verify: the newest one of each database; restore: required',
      pattern: { regex: /^\d+-[A-Za-z0-9._-]+$/, format: 'Write an id such as 12-postgres-shop.' },
    }),
    ...restoreInputs,
    'dry-run': flag('Look, say what would be done and what is in the way, and change nothing.'),
    ...hostInputs,
    'keeper-image': imageInputs['keeper-image'],
  },
  outputs: {
    verdict: choiceOutput(
      ['proven', 'not-copied', 'failed', 'refused', 'unproven', 'done', 'restored'],
      'How it ended: proven; not-copied (proven on the server, but a copy off it failed); failed; refused (nothing was touched); unproven (the outcome is not known); done (list, prune); restored.',
    ),
    id: textOutput('Id of the backup; of several, one for each database with commas between.'),
    path: textOutput('Folder of the backup on the server; of several, with commas between.'),
    bytes: textOutput('Size of all files in bytes.'),
    sha256: textOutput('SHA-256 of the file with the data; of several, with commas between.'),
    rows: textOutput('Rows that were counted in the backup.'),
    'verify-level': choiceOutput(
      ['restore', 'structural'],
      'How well it is proven; of several, the least.',
    ),
    'restore-seconds': secondsOutput('How long the restore into the scratch server took.'),
    manifest: jsonOutput(
      z.array(manifestWithoutRows),
      'Manifest of each backup (list: of all that are there), without the rows of each table, as JSON.',
    ),
    copies: jsonOutput(z.array(backupCopy), 'Copies off the host, as JSON.'),
  },
  rules: sshRules,
});
