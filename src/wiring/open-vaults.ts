import { parseBucketAddress } from '../domain/backup/bucket-address';
import { isProblem, type CopySettings, type GivenSecrets } from '../domain/backup/judge-copies';
import { refusal } from '../domain/problem';
import { bucketVault } from '../operations/backup/bucket-vault';
import { resticVault } from '../operations/backup/restic-vault';
import type { Vault } from '../operations/backup/vault';
import { ageDecryption, ageEncryption } from '../platform/backup/age-cipher';
import { freeBuffers } from '../platform/backup/free-buffers';
import { openBucket } from '../platform/backup/bucket';
import { resticRunner, type ResticSource } from './restic-runner';

export interface VaultSecrets {
  readonly accessKey: string | null;
  readonly secretKey: string | null;
  readonly resticPassword: string | null;
  /** age's secret half, for fetching a copy back; null where copies are only made. */
  readonly identity: string | null;
}

/** What the inputs of a step say of them. */
export function readCopySecrets(inputs: {
  readonly 's3-access-key': string | undefined;
  readonly 's3-secret-key': string | undefined;
  readonly 'restic-password': string | undefined;
  readonly 'age-identity'?: string | undefined;
}): VaultSecrets {
  return {
    accessKey: inputs['s3-access-key'] ?? null,
    secretKey: inputs['s3-secret-key'] ?? null,
    resticPassword: inputs['restic-password'] ?? null,
    identity: inputs['age-identity'] ?? null,
  };
}

/** Which of them there are. */
export function givenOf({ accessKey, secretKey, resticPassword }: VaultSecrets): GivenSecrets {
  const [access, secret] = [accessKey !== null, secretKey !== null];
  return { accessKey: access, secretKey: secret, resticPassword: resticPassword !== null };
}

/** Opens every place that copies go to or come from, by settings that `judgeCopies` has passed. @param hostName what restic groups snapshots by @param source where restic comes from */
export async function openVaults(
  settings: CopySettings,
  secrets: VaultSecrets,
  hostName: string,
  source: ResticSource,
): Promise<readonly Vault[]> {
  const { s3Url, resticRepository } = settings;
  if (s3Url !== null || resticRepository !== null) freeBuffers();
  return [
    ...(s3Url === null ? [] : [await openBucketVault(s3Url, settings.encryptTo, secrets)]),
    ...(resticRepository === null
      ? []
      : [openResticVault(resticRepository, secrets.resticPassword, hostName, source)]),
  ];
}

async function openBucketVault(
  url: string,
  encryptTo: readonly string[],
  { accessKey, secretKey, identity }: VaultSecrets,
): Promise<Vault> {
  const address = parseBucketAddress(url);
  if (isProblem(address)) throw refusal('the copies of backups', [address]);
  const keys = { accessKey: accessKey ?? '', secretKey: secretKey ?? '' };
  return bucketVault({
    bucket: await openBucket(address, keys),
    prefix: address.prefix,
    encrypt: encryptTo.length === 0 ? null : await ageEncryption(encryptTo),
    decrypt: identity === null ? null : await ageDecryption(identity),
  });
}

/** restic itself knows where its repositories can be; further keys of theirs are in the environment of the step. */
function openResticVault(
  repository: string,
  password: string | null,
  hostName: string,
  source: ResticSource,
): Vault {
  const environment = {
    RESTIC_REPOSITORY: repository,
    ...(password === null ? {} : { RESTIC_PASSWORD: password }),
  };
  const shown = repository.replace(/\/\/[^/@]*@/, '//');
  return resticVault({ runner: resticRunner(environment, source), repository: shown, hostName });
}
