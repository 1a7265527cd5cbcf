import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { parseBucketAddress } from '../../src/domain/backup/bucket-address';
import { bucketVault } from '../../src/operations/backup/bucket-vault';
import { copyBackup } from '../../src/operations/backup/copy-backup';
import { ageEncryption } from '../../src/platform/backup/age-cipher';
import { openBucket } from '../../src/platform/backup/bucket';
import { connectSsh } from '../../src/platform/ssh/ssh-host';
import { LoopbackSshd } from '../../test/support/loopback-sshd';
import { startObjectServer } from '../../test/support/object-server';
import { sampleManifest } from '../../test/support/sample-backup';

/** Copies one backup of so many megabytes from an sshd into an S3 server, encrypted; prints how long it took and the memory of this process. */
const megabytes = Number(process.argv[2] ?? 10);
const folder = mkdtempSync(join(tmpdir(), 'shiplock-bench-'));
const keys = { accessKey: 'bench', secretKey: 'bench-secret' };
const sshd = await LoopbackSshd.start();
const server = await startObjectServer(['backups'], keys);

try {
  const manifest = await makeBackup();
  const address = parseBucketAddress(`${server.url}/backups`);
  if ('says' in address) throw new Error(address.says);
  const bucket = await openBucket(address, keys);
  const encrypt = await ageEncryption([await identityToRecipient(await generateX25519Identity())]);
  const vault = bucketVault({ bucket, prefix: '', encrypt, decrypt: null });
  const knownHosts = [sshd.knownHostsLine('ed25519')];
  const { destination, userKey: privateKey } = sshd;
  const host = await connectSsh({ destination, privateKey, knownHosts });
  const before = process.memoryUsage().rss;
  let most = before;
  const sampling = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 20);
  const startedAt = performance.now();
  const now = () => new Date().toISOString();
  const { signal } = new AbortController();
  await copyBackup({ host, folder: join(folder, manifest.id), manifest, now, signal }, vault);
  const seconds = (performance.now() - startedAt) / 1000;
  clearInterval(sampling);
  await host.close();
  bucket.close();
  const figures = {
    megabytes,
    seconds: Number(seconds.toFixed(1)),
    loadedMB: Math.round(before / 1e6),
    peakMB: Math.round(most / 1e6),
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} finally {
  await server.stop();
  await sshd.stop();
  rmSync(folder, { recursive: true });
}

async function makeBackup() {
  const { id } = sampleManifest();
  mkdirSync(join(folder, id));
  const file = createWriteStream(join(folder, id, 'shop.dump'));
  const digest = createHash('sha256');
  for (let index = 0; index < megabytes; index += 1) {
    const chunk = Buffer.alloc(1_000_000, index);
    digest.update(chunk);
    if (!file.write(chunk)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
  const [bytes, sha256] = [megabytes * 1_000_000, digest.digest('hex')];
  const plain = { bytesPlain: bytes, sha256Plain: sha256 };
  const stored = { bytesStored: bytes, sha256Stored: sha256, packing: null, cipher: null };
  return sampleManifest({ files: [{ name: 'shop.dump', ...plain, ...stored }] });
}
