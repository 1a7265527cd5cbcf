import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printManifest, type BackupManifest } from '../../src/domain/records/backup';

/** A manifest as a backup of PostgreSQL has it. */
export function sampleManifest(change: Partial<BackupManifest> = {}): BackupManifest {
  return {
    schema: 1,
    id: '7-postgres-shop',
    sequence: 7,
    deployId: null,
    release: null,
    app: 'shop',
    environment: 'production',
    host: 'deploy@shop.example.com',
    machineId: null,
    engine: 'postgres',
    source: 'postgres:db/shop',
    database: 'shop',
    engineImage: null,
    imageDigest: null,
    startedAt: '2026-11-23T12:00:00.000Z',
    endedAt: '2026-11-23T12:00:09.000Z',
    durationMs: 9_000,
    empty: false,
    toolVersion: '17.4',
    serverVersion: '17.4',
    consistency: 'exact',
    position: null,
    filters: [],
    objectCounts: { tables: 1 },
    rowCounts: { 'public.orders': 12 },
    facts: {},
    files: [],
    stages: [],
    verify: {
      level: 'restore',
      at: '2026-11-23T12:00:08.000Z',
      durationMs: 4_000,
      result: 'good',
    },
    restoreMs: 3_000,
    copies: [],
    ...change,
  };
}

/** Writes a backup with files of random bytes of these lengths into `<folder>/<id>`. */
export function writeBackup(
  folder: string,
  lengths: Readonly<Record<string, number>>,
  change: Partial<BackupManifest> = {},
): BackupManifest {
  const files = Object.entries(lengths).map(([name, bytes]) => ({
    name,
    content: randomBytes(bytes),
  }));
  const manifest = sampleManifest({
    files: files.map(({ name, content }) => {
      const sha256 = createHash('sha256').update(content).digest('hex');
      const plain = { bytesPlain: content.length, sha256Plain: sha256 };
      const stored = { bytesStored: content.length, sha256Stored: sha256 };
      return { name, ...plain, ...stored, packing: null, cipher: null };
    }),
    ...change,
  });
  const at = join(folder, manifest.id);
  mkdirSync(at, { recursive: true });
  for (const { name, content } of files) writeFileSync(join(at, name), content);
  writeFileSync(join(at, 'manifest.json'), printManifest(manifest));
  return manifest;
}
