import { describe, expect, test } from '@jest/globals';
import type { Release } from '../../../src/domain/records/release';
import { deploySummary } from '../../../src/report/deploy-summary';
import { base } from '../../support/scripted/host';
import { deployed, runOn } from '../../support/scripted/run';
import { ScriptedServer } from '../../support/scripted/server';

/** A server with v1 and v2, on whose records of v2 something is changed. */
async function stand(v2: Partial<Release>) {
  const server = new ScriptedServer();
  await deployed(server, 'v1', 'v2');
  const { files } = server.world.state;
  const note = (id: string, changes: Partial<Release>): void => {
    const path = `${base}/releases/${id}/release.json`;
    files[path] = JSON.stringify({ ...(JSON.parse(files[path] ?? '') as Release), ...changes });
  };
  note('1-v1', { schemaVersion: { before: 'a', after: 'a' } });
  note('2-v2', v2);
  return server;
}

const rollBack = (server: ScriptedServer, dryRun = false) =>
  server.world.clock.drive(runOn(server).rollBack(undefined, { dryRun }));

const moved = { schemaVersion: { before: 'a', after: 'b' } };

describe('a rollback tells of the data', () => {
  test('that the schema did not move', async () => {
    const report = await rollBack(await stand({ schemaVersion: { before: 'a', after: 'a' } }));
    expect(report.data?.standing).toMatchObject({ release: '1-v1', moved: false });
    expect(deploySummary(report)).toContain('**Schema now:** `a`, the schema of `1-v1`');
  });

  test('that nobody asked for its version', async () => {
    const server = await stand({});
    const { files } = server.world.state;
    const path = `${base}/releases/1-v1/release.json`;
    files[path] = (files[path] ?? '').replaceAll('"a"', 'null');
    const summary = deploySummary(await rollBack(server));
    expect(summary).toContain('unknown whether it is still the schema of `1-v1`');
    expect(summary).toContain('**Backup for `1-v1`:** none is on record');
  });

  test('that it moved, and that no backup is on record', async () => {
    const summary = deploySummary(await rollBack(await stand(moved)));
    expect(summary).toContain('**Schema now:** `b`; the schema of `1-v1` was `a`');
    expect(summary).toContain('none is on record from before the migration of `2-v2`');
    expect(summary).toContain('Data is never rolled back by itself');
  });

  test.each([false, true])(
    'which backup suits it, and what restores it (dry run: %s)',
    async (dry) => {
      const server = await stand({ ...moved, backups: ['b-2'] });
      server.world.state.files[`${base}/backups/b-2/manifest.json`] = JSON.stringify({
        endedAt: new Date(server.world.clock.now() - 3_600_000).toISOString(),
        restore: {
          command: "docker exec -i shop-postgres-1 pg_restore -d shop < 'x'",
          tookMs: 38_000,
        },
      });
      const summary = deploySummary(await rollBack(server, dry));
      expect(summary).toContain(
        `**Backup for \`1-v1\`:** \`b-2\` in \`${base}/backups/b-2\`, 1 h 00 min old`,
      );
      expect(summary).toContain(
        "`docker exec -i shop-postgres-1 pg_restore -d shop < 'x'`; a restore took 38 s when it was proven",
      );
    },
  );

  test('where a backup is whose manifest says nothing', async () => {
    const summary = deploySummary(await rollBack(await stand({ ...moved, backups: ['b-2'] })));
    expect(summary).toContain(`names no command; look into \`${base}/backups/b-2\``);
  });
});

describe('a deploy that does not hold', () => {
  const migrate = { service: 'web', command: 'migrate', version: 'current' };
  const deploy = async (natures: object) => {
    const server = await stand({});
    Object.assign(server.setting.natures, natures);
    const report = await server.world.clock.drive(runOn(server, { migrate }).deploy('v3'));
    return { report, summary: deploySummary(report) };
  };

  test('tells how the data stands to what serves on, once its migration ran', async () => {
    const { report, summary } = await deploy({ v3: { badAfterServingMs: 200 } });
    expect([report.verdict, report.data?.standing?.release]).toEqual(['rolled-back', '2-v2']);
    expect(summary).toContain('**Schema now:**');
  });

  test('tells it too when the migration itself failed, and asks for the schema all the same', async () => {
    const { report } = await deploy({ migrate: { diesWith: 4 } });
    expect(report.failure?.reason).toBe('the migration failed with exit code 4');
    expect(report.failure?.hint).toContain('The schema stays at');
    expect(report.data?.standing).toMatchObject({ release: '2-v2' });
  });

  test('that did not come to its migration says nothing of it', async () => {
    const server = await stand({});
    Object.assign(server.setting.natures, { v3: { readyAfterMs: null } });
    const report = await server.world.clock.drive(runOn(server).deploy('v3'));
    expect([report.verdict, report.data?.standing]).toEqual(['failed', undefined]);
  });
});
