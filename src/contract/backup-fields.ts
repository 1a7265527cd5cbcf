import type { Rule } from './define-action';
import { choice, duration, flag, lines, secret, text } from './input-fields';
import { engineNames } from '../domain/backup/database';
import { imageSizeFormat } from '../domain/images/image-size';

const fromFile = '`backup` of the configuration';

/** One database, for those who have no `backup` in their file or mean another one. */
export const databaseInputs = {
  engine: choice(engineNames, 'What to back up; with it, the inputs below describe one database.', {
    fallback: `the databases of ${fromFile}`,
  }),
  service: text('Compose service that the database runs in.', {
    fallback: 'it runs on the host itself',
  }),
  database: text('Name of the database.', {
    fallback: 'that of the container, such as POSTGRES_DB',
  }),
  path: lines('sqlite: the file. files: paths on the host and `volume:<name>`, one per line.'),
  'url-env': text(
    'Name of the variable, in the `env` of this step, that holds the URL of a managed database: its direct port, not a pooler.',
  ),
  user: text('User to log in to the database as.', { fallback: 'that of the container' }),
  password: secret('Password of that user.', { fallback: 'that of the container' }),
  'scratch-image': text(
    'Image of the scratch server that a backup is restored into, with or without a digest.',
    {
      fallback:
        'that of the service; without one the official image of the same series, such as `postgres:17`',
    },
  ),
  command: text('command: prints the dump on stdout; run by /bin/sh.'),
  'verify-command': text(
    'command: reads the dump from stdin and ends with 0 when it is good; required with command.',
  ),
};

/** How well a backup is proven, how many stay; these win over the file for all its databases. */
export const proofInputs = {
  verify: choice(
    ['restore', 'read'],
    'Proof: restored into a scratch server and counted, or only read as a whole.',
    { fallback: '`verify` of the configuration, else `restore` up to `verify-limit`' },
  ),
  'verify-limit': text('Above this size `verify` must be given.', {
    fallback: '`verify-limit` of the configuration, else `10GB`',
    pattern: { regex: /^\d{1,9}(\.\d{1,3})? ?(kB|MB|GB)$/, format: imageSizeFormat },
  }),
  keep: text(
    'Verified backups of a database that stay: a count, or `last=7, daily=7, weekly=4, monthly=6`; never fewer than 3.',
    {
      fallback: '`keep` of the configuration, else `7`',
      pattern: {
        regex: /^(\d+|(last|daily|weekly|monthly)=\d+(, *(last|daily|weekly|monthly)=\d+)*)$/,
        format: 'Write a count such as 14, or last=7, daily=7, weekly=4, monthly=6.',
      },
    },
  ),
  'keep-days': text('Backups younger than so many days stay, whatever their number.', {
    fallback: '`keep-days` of the configuration, else `0`',
    pattern: { regex: /^\d{1,5}$/, format: 'Write a number of days.' },
  }),
  'allow-empty': flag('Take a database without data for right.', {
    fallback: '`allow-empty` of the configuration',
  }),
  'allow-shrink': flag('Take a backup of less than half of the one before for right.', {
    fallback: '`allow-shrink` of the configuration',
  }),
};

/** What opens the places off the host. */
const copySecretInputs = {
  's3-access-key': secret('Access key of the bucket that copies of backups go to.'),
  's3-secret-key': secret('Secret key of that bucket.'),
  'restic-password': secret('Password of the restic repository that copies of backups go to.'),
  'tool-mirror': text(
    'Base address that restic is downloaded from in place of `https://github.com`, when the runner has none.',
    {
      pattern: {
        regex: /^https?:\/\/[^\s?#]+$/,
        format: 'Write an address that begins with https://.',
      },
    },
  ),
};

/** Copies off the host. */
export const copyInputs = {
  'encrypt-to': lines('age recipients that copies off the host are encrypted for, one per line.', {
    fallback: '`encrypt-to` of the configuration',
  }),
  's3-url': text('Where a copy goes: `https://<endpoint>/<bucket>/<prefix>`.', {
    fallback: '`s3-url` of the configuration',
  }),
  'restic-repository': text('restic repository that a copy goes into.', {
    fallback: '`restic-repository` of the configuration',
  }),
  ...copySecretInputs,
};

/** Which backup is put back where; nothing of it is guessed. */
export const restoreInputs = {
  target: text(
    'restore: the database that is replaced, as its backups name it in `source` (`postgres:db/shop`), or by its name where only one has it.',
  ),
  confirm: text(
    'restore: `<target> <backup-id>` once more; and the name of the server behind it, when the backup was taken on another machine.',
  ),
  'skip-safety-backup': text(
    'restore: replace the target without a backup of it first, for the reason that is written here, such as that it is broken.',
    { pattern: { regex: /^\S[^\r\n]{3,300}$/, format: 'Write the reason, in a few words.' } },
  ),
  'age-identity': secret(
    'restore: the secret half of an age key pair (`AGE-SECRET-KEY-1…`), to fetch a copy from the bucket when the backup is not on the server.',
  ),
};

/** The backups that a deploy rests on. */
export const gateInputs = {
  'backup-id': lines(
    'Backups of an earlier step that this release rests on, one id per line (output `id` of `actions/backup`); the deploy then takes none itself.',
    { format: 'Write ids such as 12-postgres-shop, one per line.' },
  ),
  'backup-max-age': duration('Backups of an earlier step that are older do not count.', {
    default: '1h',
  }),
  'skip-backup': text(
    'Release without the backups of the configuration, for the reason that is written here; the summary shows it.',
    { pattern: { regex: /^\S[^\r\n]{3,300}$/, format: 'Write the reason, in a few words.' } },
  ),
  ...copySecretInputs,
};

/** Inputs of the gate that exclude each other. */
export const gateRules: readonly Rule<typeof gateInputs>[] = [
  {
    inputs: ['skip-backup', 'backup-id'],
    holds: (inputs) => inputs['skip-backup'] === undefined || inputs['backup-id'].length === 0,
    problem: 'is given together with backup-id',
    fix: 'Give one of them: a release rests on backups, or on none.',
  },
];
