import type { Problem } from '../problem';
import { parseBucketAddress, type BucketAddress } from './bucket-address';
import type { DatabaseSettings } from './database';

/** Where copies go, as settings say it. */
export type CopySettings = Pick<DatabaseSettings, 'encryptTo' | 's3Url' | 'resticRepository'>;

/** Which of the secrets were given. */
export interface GivenSecrets {
  readonly accessKey: boolean;
  readonly secretKey: boolean;
  readonly resticPassword: boolean;
}

/** Everything that keeps copies from being made, as far as settings tell; paths are keys of a database, or `input <name>`. */
export function judgeCopies(settings: CopySettings, given: GivenSecrets): readonly Problem[] {
  const { encryptTo, s3Url, resticRepository } = settings;
  const address = s3Url === null ? null : parseBucketAddress(s3Url);
  return [
    ...(address === null || !isProblem(address) ? [] : [address]),
    ...(s3Url === null ? idleRecipients(encryptTo) : bucketNeeds(encryptTo, given)),
    ...(resticRepository !== null && !given.resticPassword
      ? [missing('input restic-password', 'give the password of the repository, from a secret')]
      : []),
  ];
}

export const isProblem = (address: BucketAddress | Problem): address is Problem =>
  'says' in address;

function bucketNeeds(
  encryptTo: readonly string[],
  { accessKey, secretKey }: GivenSecrets,
): readonly Problem[] {
  const recipients = encryptTo.length > 0;
  return [
    ...(recipients
      ? []
      : [missing('encrypt-to', 'make a key pair by `age-keygen` and give its public half')]),
    ...(accessKey ? [] : [missing('input s3-access-key', 'give it from a secret')]),
    ...(secretKey ? [] : [missing('input s3-secret-key', 'give it from a secret')]),
  ];
}

function idleRecipients(encryptTo: readonly string[]): readonly Problem[] {
  if (encryptTo.length === 0) return [];
  const says = 'has nothing to encrypt: only copies off the host are, and `s3-url` is not given';
  return [{ path: 'encrypt-to', says, fix: 'give `s3-url`, or leave it out' }];
}

function missing(path: string, fix: string): Problem {
  return { path, says: 'is missing', fix };
}
