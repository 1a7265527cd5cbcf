/**
 * `npm run -s bench:backup [megabytes …]`: a PostgreSQL of 10 and of 1,000 MB, dumped by pg_dump alone before and after, and in between by
 * actions/backup as built in dist/ (or in the folder that SHIPLOCK_ACTIONS names): dump, SHA-256 and full read. Shows the ratio, and how much
 * memory the action takes at most. Last line: one JSON object.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres, type Postgres } from '../../test/support/backup/postgres';
import { openBackupSite, type BackupSite } from '../../test/support/backup/site';
import { outputOf } from '../../test/support/run-command';

const given = process.argv.slice(2).map(Number);
const sizes = given.length > 0 ? given : [10, 1000];

/** Bytes that a row takes on the disk. */
const rowBytes = 424;
const hour = 3_600_000;

async function fill(postgres: Postgres, megabytes: number): Promise<void> {
  const rows = Math.ceil((megabytes * 1e6) / rowBytes);
  const word = (salt: number): string => `md5((i * ${salt})::text)`;
  const body = Array.from({ length: 12 }, (_, index) => word(index + 1)).join(' || ');
  await outputOf(
    [
      ...[
        'docker',
        'exec',
        postgres.container,
        'psql',
        '-Xq',
        '-U',
        'postgres',
        '-d',
        'shop',
        '-c',
      ],
      `drop table if exists rows; create table rows as select i, ${body} as body from generate_series(1, ${rows}) i`,
    ],
    { timeoutMs: hour },
  );
}

async function bareDump(postgres: Postgres, site: BackupSite): Promise<number> {
  const file = join(site.home, 'bare.dump');
  const startedAt = performance.now();
  const script = 'docker exec "$0" pg_dump -Fc -U postgres -d shop > "$1"';
  await outputOf(['sh', '-c', script, postgres.container, file], { timeoutMs: hour });
  rmSync(file);
  return performance.now() - startedAt;
}

/** Largest memory of the action's process, looked at ten times a second. */
function watchMemory(): () => number {
  let peakKb = 0;
  const timer = setInterval(() => {
    for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        if (!readFileSync(`/proc/${id}/cmdline`, 'utf8').includes('backup/index.js')) continue;
        const [, kb = '0'] =
          /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8')) ?? [];
        peakKb = Math.max(peakKb, Number(kb));
      } catch {
        // It has ended in between.
      }
    }
  }, 100);
  return () => {
    clearInterval(timer);
    return Math.round(peakKb / 1024);
  };
}

const site = await openBackupSite('bench');
const postgres = await startPostgres(site.app, [], ['-c', 'max_wal_size=4GB']);
try {
  await site.configure(
    [{ engine: 'postgres', service: 'db', verify: 'read', 'allow-shrink': true }],
    { project: site.app },
  );
  const results = [];
  for (const megabytes of sizes) {
    await fill(postgres, megabytes);
    const before = await bareDump(postgres, site);
    const stopWatching = watchMemory();
    const manifest = await site.take();
    const peakMB = stopWatching();
    const after = await bareDump(postgres, site);
    const bareSeconds = (before + after) / 2 / 1000;
    const seconds = manifest.durationMs / 1000;
    const ratio = Math.round((seconds / bareSeconds) * 100) / 100;
    const result = {
      ...{ megabytes, storedMB: Math.round((manifest.files[0]?.bytesStored ?? 0) / 1e6) },
      ...{ bareSeconds: round(bareSeconds), seconds: round(seconds), ratio, peakMB },
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    results.push(result);
  }
  process.stdout.write(`${JSON.stringify({ backups: results })}\n`);
} finally {
  await postgres.stop();
  await site.close();
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
