import type { DatabaseSettings } from '../../src/domain/backup/database';

/** An entry of `backup`, with every default filled in. */
export const sampleSettings = (change: Partial<DatabaseSettings> = {}): DatabaseSettings => ({
  engine: 'postgres',
  service: null,
  database: null,
  paths: [],
  urlEnv: null,
  user: null,
  passwordEnv: null,
  lockTables: false,
  command: null,
  verifyCommand: null,
  verify: null,
  verifyLimitBytes: 10e9,
  scratchImage: null,
  keep: { last: 7, daily: 0, weekly: 0, monthly: 0, days: 0 },
  allowEmpty: false,
  allowShrink: false,
  encryptTo: [],
  s3Url: null,
  resticRepository: null,
  ...change,
});
