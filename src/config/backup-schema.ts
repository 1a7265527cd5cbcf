import { z } from 'zod';
import { engineNames } from '../domain/backup/database';
import { imageSizeFormat, parseImageSize } from '../domain/images/image-size';
import { parseReference } from '../domain/images/reference';
import { path, serviceName } from './fields';

const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
  error: 'expected the name of an environment variable, not its value',
});
const oneLine = z.string().regex(/^\P{Cc}+$/u, { error: 'expected one line of text' });
const imageReference = z.string().refine((text) => parseReference(text) !== undefined, {
  error: 'expected an image, such as postgres:17 or registry.example.com/postgres@sha256:…',
});
const many = z.int().min(0);

const size = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,3})? ?(kB|MB|GB)$/, { error: imageSizeFormat, abort: true })
  .refine((text) => parseImageSize(text) !== undefined, { error: imageSizeFormat });

const keep = z.union(
  [
    many,
    z.strictObject({
      last: many.default(0).describe('The newest ones'),
      daily: many.default(0).describe('The newest one of each of so many days'),
      weekly: many.default(0).describe('The newest one of each of so many weeks'),
      monthly: many.default(0).describe('The newest one of each of so many months'),
    }),
  ],
  { error: 'expected a count, or counts of last, daily, weekly, monthly' },
);

/** One entry of `backup`. Which keys belong to which engine is judged in `backup.ts`. */
export const databaseSchema = z.strictObject({
  engine: z.enum(engineNames).describe('What it is; `command` = your own dump'),
  service: serviceName
    .optional()
    .describe('Compose service that it runs in; leave out for one on the host, or managed'),
  database: oneLine
    .optional()
    .describe('Its name; default that of the container, such as POSTGRES_DB'),
  path: z
    .union([path, z.array(path).min(1)], { error: 'expected a path, or a list of paths' })
    .optional()
    .describe('sqlite: its file. files: paths on the host, or `volume:<name>`'),
  'url-env': variable
    .optional()
    .describe('Variable of the step that holds the URL of a managed database'),
  user: oneLine.optional().describe('User to log in as; default that of the container'),
  'password-env': variable.optional().describe('Variable of the step that holds the password'),
  'lock-tables': z
    .boolean()
    .default(false)
    .describe(
      'mysql, mariadb: writers wait during the dump; for tables that are not transactional',
    ),
  command: z.string().min(1).optional().describe('command: prints the dump, by /bin/sh'),
  'verify-command': z
    .string()
    .min(1)
    .optional()
    .describe('command: reads the dump from stdin and ends with 0 when it is good'),
  verify: z
    .enum(['restore', 'read'])
    .optional()
    .describe('Proof: a restore into a scratch server, or only a full read; default restore'),
  'verify-limit': size
    .default('10GB')
    .describe('Above this size `verify` must be said, as a restore takes long'),
  'scratch-image': imageReference
    .optional()
    .describe(
      'Image of the scratch server; default that of the service, else the official one of the same series, such as postgres:17',
    ),
  keep: keep.default(7).describe('Verified backups that stay; never fewer than 3'),
  'keep-days': many.default(0).describe('Younger ones stay, whatever their number'),
  'allow-empty': z.boolean().default(false).describe('A database without data is no failure'),
  'allow-shrink': z
    .boolean()
    .default(false)
    .describe('A backup of less than half of the one before is no failure'),
  'encrypt-to': z
    .union([oneLine, z.array(oneLine).min(1)], { error: 'expected a recipient, or a list of them' })
    .optional()
    .describe('age recipients that copies off the host are encrypted for'),
  's3-url': oneLine.optional().describe('Where a copy goes: https://<endpoint>/<bucket>/<prefix>'),
  'restic-repository': oneLine.optional().describe('restic repository that a copy goes into'),
});
export type DatabaseInput = z.output<typeof databaseSchema>;

/** The part `backup:` of `shiplock.yml`. */
export const backupSchema = z
  .array(databaseSchema)
  .default([])
  .describe('Databases that are backed up, and proven, before a release');
