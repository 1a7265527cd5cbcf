import { readFileSync } from 'node:fs';
import { parseBucketAddress } from '../../src/domain/backup/bucket-address';
import type { BackupManifest } from '../../src/domain/records/backup';
import { bucketVault } from '../../src/operations/backup/bucket-vault';
import { copyBackup } from '../../src/operations/backup/copy-backup';
import { ageEncryption } from '../../src/platform/backup/age-cipher';
import { freeBuffers } from '../../src/platform/backup/free-buffers';
import { openBucket, type BucketKeys } from '../../src/platform/backup/bucket';
import { connectSsh } from '../../src/platform/ssh/ssh-host';
import type { SshOptions } from '../../src/platform/ssh/ssh-route';

/** What is copied, from where and to where. */
export interface CopyTask {
  readonly folder: string;
  readonly manifest: BackupManifest;
  readonly recipient: string;
  readonly url: string;
  readonly keys: BucketKeys;
  readonly ssh: SshOptions;
}

/** Copies one backup from an sshd into an S3 server, encrypted; prints how long it took and the most memory that this process ever had. */
const task = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as CopyTask;
const address = parseBucketAddress(task.url);
if ('says' in address) throw new Error(address.says);
freeBuffers();
const bucket = await openBucket(address, task.keys);
const encrypt = await ageEncryption([task.recipient]);
const vault = bucketVault({ bucket, prefix: '', encrypt, decrypt: null });
const host = await connectSsh(task.ssh);
const before = process.memoryUsage().rss;
const startedAt = performance.now();
const now = () => new Date().toISOString();
const { signal } = new AbortController();
await copyBackup({ host, folder: task.folder, manifest: task.manifest, now, signal }, vault);
const seconds = (performance.now() - startedAt) / 1000;
await host.close();
bucket.close();
const figures = {
  seconds: Number(seconds.toFixed(1)),
  loadedMB: Math.round(before / 1e6),
  peakMB: Math.round((process.resourceUsage().maxRSS * 1024) / 1e6),
};
process.stdout.write(`${JSON.stringify(figures)}\n`);
