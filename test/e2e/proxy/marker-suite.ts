import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { tokenPath } from '../../../src/domain/proxy/driver';
import { startLoad } from '../../support/load/load';
import { MarkedStand, type MarkedProxy } from './marked-stand';

const tokenUrl = (stand: MarkedStand): string => stand.proxy.origin + tokenPath('c0ffee');

/** What every proxy that reads our include must do; gives the stand to the tests that follow. */
export function followsMarkers(prepare: () => Promise<MarkedProxy>): () => MarkedStand {
  let stand: MarkedStand;
  beforeAll(async () => {
    stand = await MarkedStand.start(await prepare());
  });
  afterAll(() => stand.proxy.stop());

  describe('the very next request goes where the markers say, on every route', () => {
    test.each([
      ['no marker: the containers from before', [], 'adopted'],
      ['green alone says nothing yet', ['green'], 'adopted'],
      ['managed', ['managed'], 'blue'],
      ['managed and green', ['managed', 'green'], 'green'],
    ] as const)('%s', async (_, present, slot) => {
      await stand.mark(...present);
      expect(await stand.served()).toEqual(MarkedStand.ofSlot(slot));
      const response = await fetch(tokenUrl(stand));
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(await response.json()).toEqual({ slot, release: `1-${slot}` });
    });

    test("a path that only resembles the token is the app's", async () => {
      expect(await (await fetch(`${tokenUrl(stand)}/x`)).json()).toHaveProperty('version');
    });

    test('a slot that says nothing about itself is not found, rather than guessed', async () => {
      await stand.mark('managed');
      await stand.proxy.remove(`${stand.markers}/blue.json`);
      expect((await fetch(tokenUrl(stand))).status).toBe(404);
      await stand.describeSlot('blue');
    });
  });

  test('20 switches at 200 requests/s fail nothing, on new and on kept connections', async () => {
    await stand.mark('managed');
    const load = { url: `${stand.proxy.origin}/`, rate: 100 };
    const loads = [
      await startLoad({ ...load, connections: 'new' }),
      await startLoad({ ...load, connections: 'keep-alive' }),
    ];
    for (let at = 0; at < 20; at += 1) {
      const slot = at % 2 === 0 ? 'green' : 'blue';
      await stand.mark('managed', slot);
      expect(await stand.version()).toBe(`shop-production-${slot}-web`);
      await sleep(150);
    }
    for (const report of await Promise.all(loads.map((one) => one.stop()))) {
      expect([report.failed, report.examples]).toEqual([0, []]);
      expect(report.sent).toBeGreaterThan(200);
      expect(report.versions.map(({ version }) => version).sort()).toEqual(
        ['blue', 'green'].map((slot) => `shop-production-${slot}-web`),
      );
    }
  });

  test('a container that comes back under another address is reached within 5 s', async () => {
    await stand.mark('managed');
    const name = 'shop-production-blue-web';
    await stand.version();
    const before = await stand.proxy.addressOf(name);
    await stand.proxy.removeServer(name);
    // Somebody else takes the address that is free now.
    await stand.proxy.startServer('bystander');
    expect(await stand.proxy.addressOf('bystander')).toBe(before);
    await stand.proxy.startServer(name);
    const start = performance.now();
    const strangers: string[] = [];
    for (;;) {
      const version = await stand.version().catch(() => null);
      const tookMs = performance.now() - start;
      if (version === name) break;
      if (version !== null && tookMs > stand.forgetMs) strangers.push(version);
      expect(tookMs).toBeLessThan(5000);
      await sleep(20);
    }
    expect(strangers).toEqual([]);
  });
  return () => stand;
}
