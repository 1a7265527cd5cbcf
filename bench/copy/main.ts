/**
 * `npm run -s bench:copy [megabytes …]`: time and memory of a copy off the host, from a real sshd through age into a real S3 server and read back.
 * Each size in a process of its own, bundled as actions are and under their Node; what it needs is made here, outside of it. Last line: one JSON object.
 */
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { build } from 'esbuild';
import type { BackupManifest } from '../../src/domain/records/backup';
import { LoopbackSshd } from '../../test/support/loopback-sshd';
import { node24 } from '../../test/support/node24';
import { startObjectServer } from '../../test/support/object-server';
import { sampleManifest } from '../../test/support/sample-backup';
import type { CopyTask } from './one-copy';

const here = dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'shiplock-bench-copy-'));
const program = join(folder, 'one-copy.mjs');
const sizes = process.argv.slice(2).map(Number);
const keys = { accessKey: 'bench', secretKey: 'bench-secret' };
const sshd = await LoopbackSshd.start();
const server = await startObjectServer(['backups'], keys);
const recipient = await identityToRecipient(await generateX25519Identity());

try {
  await bundle();
  const copies = [];
  for (const megabytes of sizes.length > 0 ? sizes : [10, 100, 1000]) {
    const figures = copyOne(await makeBackup(megabytes));
    console.log(
      `${megabytes} MB: ${figures.seconds} s, ${figures.peakMB} MB at most, ${figures.loadedMB} before`,
    );
    copies.push({ megabytes, ...figures });
  }
  console.log(JSON.stringify({ copies }));
} finally {
  await server.stop();
  await sshd.stop();
  rmSync(folder, { recursive: true });
}

async function bundle(): Promise<void> {
  await build({
    entryPoints: [join(here, 'one-copy.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['*.node', 'cpu-features'],
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(${JSON.stringify(import.meta.url)}); const __dirname = ${JSON.stringify(here)};`,
    },
  });
}

function copyOne(manifest: BackupManifest) {
  const file = join(folder, 'task.json');
  const { destination, userKey: privateKey } = sshd;
  const text: CopyTask = {
    ...{ folder: join(folder, manifest.id), manifest, recipient, keys },
    url: `${server.url}/backups`,
    ssh: { destination, privateKey, knownHosts: [sshd.knownHostsLine('ed25519')] },
  };
  writeFileSync(file, JSON.stringify(text), { mode: 0o600 });
  const line = execFileSync(node24(), [program, file], { encoding: 'utf8' });
  return JSON.parse(line) as Record<'seconds' | 'loadedMB' | 'peakMB', number>;
}

/** A backup with one file of so many megabytes. */
async function makeBackup(megabytes: number): Promise<BackupManifest> {
  const id = `${megabytes}-postgres-shop`;
  mkdirSync(join(folder, id));
  const file = createWriteStream(join(folder, id, 'shop.dump'));
  const digest = createHash('sha256');
  for (let index = 0; index < megabytes; index += 1) {
    const chunk = randomBytes(1_000_000);
    digest.update(chunk);
    if (!file.write(chunk)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
  const [bytes, sha256] = [megabytes * 1_000_000, digest.digest('hex')];
  const plain = { bytesPlain: bytes, sha256Plain: sha256 };
  const stored = { bytesStored: bytes, sha256Stored: sha256, packing: null, cipher: null };
  return sampleManifest({ id, files: [{ name: 'shop.dump', ...plain, ...stored }] });
}
