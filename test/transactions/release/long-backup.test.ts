import { describe, expect, test } from '@jest/globals';
import { lease, type Lease } from '../../../src/domain/records/state';
import { judgeLease } from '../../../src/domain/release/judge-lease';
import { base } from '../../support/scripted/host';
import { served } from '../../support/scripted/peace';
import { deployed, runOn, type Run } from '../../support/scripted/run';
import { ScriptedServer } from '../../support/scripted/server';

/** Far longer than a lease without heartbeat counts (60 s), or a keeper waits for a silent runner (20 s). */
const minute = 60_000;
const backup = [{ engine: 'command', command: 'dump', 'verify-command': 'check', verify: 'read' }];
const migrate = { service: 'web', command: 'alembic upgrade head', timeout: '5m' };

/** v1 serves, and v2 is deployed with a backup that takes this long. */
async function withBackupOf(dumpMs: number): Promise<{ server: ScriptedServer; run: Run }> {
  const server = new ScriptedServer();
  await deployed(server, 'v1');
  server.setting.backups.dumpMs = dumpMs;
  server.setting.natures['migrate'] = { readyAfterMs: 300 };
  return { server, run: runOn(server, { backup, migrate }) };
}

const leaseOf = ({ world }: ScriptedServer): Lease =>
  lease.parse(JSON.parse(world.state.files[`${base}/lease`] ?? ''));

const stepsOf = ({ told }: Run): readonly string[] =>
  told.filter(({ phase }) => phase !== 'note').map(({ step, phase }) => `${step} ${phase}`);

describe('a backup that takes long', () => {
  test('keeps the lease all the while, and the release goes on where it waited', async () => {
    const { server, run } = await withBackupOf(20 * minute);
    const { clock } = server.world;
    const standings: string[] = [];
    void (async () => {
      // The lease alone, as if nobody saw the keeper: its heartbeat has to be fresh.
      for (let looks = 1; looks < 20; looks += 1) {
        await clock.sleep(minute);
        standings.push(judgeLease(leaseOf(server), [], clock.now() / 1000).kind);
      }
    })();
    const report = await clock.drive(run.deploy('v2'));
    expect(report).toMatchObject({ verdict: 'deployed' });
    expect([standings.length, new Set(standings)]).toEqual([19, new Set(['held'])]);
    const steps = stepsOf(run);
    expect(steps.indexOf('backup done')).toBeLessThan(steps.indexOf('migrate intent'));
    expect(steps.indexOf('backup done')).toBeGreaterThan(0);
    expect(served(server)).toBe('v2');
  }, 30_000);

  test('whose release lost the lease meanwhile migrates nothing and switches nothing', async () => {
    const { server, run } = await withBackupOf(20 * minute);
    const { clock, state } = server.world;
    let ended = 0;
    void clock.sleep(8 * minute).then(() => {
      const { epoch, ...rest } = leaseOf(server);
      const holder = { deploy: 'other', run: 'https://example.com', actor: 'eve', attempt: 1 };
      state.files[`${base}/lease`] = JSON.stringify({ ...rest, epoch: epoch + 1, holder });
      ended = clock.now();
    });
    const report = await clock.drive(run.deploy('v2'));
    expect(report.verdict).toBe('unproven');
    expect(report.hosts[0]?.outcome?.reason).toContain('the lease was taken over by deploy other');
    // At once, and not when the backup is done.
    expect(clock.now() - ended).toBeLessThan(60_000);
    expect(stepsOf(run)).not.toContain('migrate intent');
    expect(stepsOf(run)).not.toContain('switch intent');
    expect([served(server), leaseOf(server).holder?.deploy]).toEqual(['v1', 'other']);
  }, 30_000);
});
