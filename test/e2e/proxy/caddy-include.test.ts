import { describe, expect, test } from '@jest/globals';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { caddyDriver } from '../../../src/domain/proxy/caddy';
import { pushCaddy, pushManagedCaddy } from '../../support/caddy-image';
import { startEnvironment } from '../../support/environment';
import { buildSampleImages } from '../../support/sample-app';
import { MarkedStand, markedRequest, markedServices } from './marked-stand';
import { followsMarkers } from './marker-suite';

const driver = caddyDriver('/etc/caddy/Caddyfile');
const request = markedRequest('/etc/caddy/shiplock');
const site = `http:// {
	import /etc/caddy/shiplock/shop-production.caddy
	handle /events/* {
		reverse_proxy {shiplock_event_stream}
	}
	reverse_proxy {shiplock_web}
}
`;

describe.each([
  ['2.6', pushCaddy],
  ['2.10', pushManagedCaddy],
] as const)('Caddy %s', (version, push) => {
  const stand = followsMarkers(async () => {
    const environment = await startEnvironment();
    await buildSampleImages({ versions: {} });
    const front = { image: await push(environment), folders: { etc: '/etc/caddy' } };
    return {
      ...{
        name: `caddy-${version}`,
        front,
        forgetMs: driver.forgetMs,
        markers: 'etc/shiplock/shop-production',
      },
      files: {
        'etc/Caddyfile': site,
        'etc/shiplock/shop-production.caddy': driver.include(request),
      },
    };
  });

  /** What Caddy makes of a file in its folder. */
  const adapt = (file: string) => stand().proxy.exec(...caddyDriver(`/etc/caddy/${file}`).dump);

  test('what Caddy makes of the text has no problems', async () => {
    const { code, stdout, stderr } = await adapt('Caddyfile');
    expect([code, stderr]).toEqual([0, '']);
    expect(driver.findProblems(stdout, request, markedServices)).toEqual([]);
  });

  test('a folder that Caddy cannot look into does not hide from it: it runs as root', async () => {
    const { proxy, markers } = stand();
    await stand().mark('managed');
    await chmod(join(proxy.folder, markers), 0o700);
    expect(await stand().served()).toEqual(MarkedStand.ofSlot('blue'));
    await chmod(join(proxy.folder, markers), 0o755);
  });

  describe('a proxy that is not prepared', () => {
    test('is told what is not imported and the literal names', async () => {
      await stand().proxy.write('etc/Bare', 'http:// {\n\treverse_proxy web:8000 other:1\n}\n');
      const { stdout } = await adapt('Bare');
      const problems = driver
        .findProblems(stdout, request, markedServices)
        .map(({ says, fix }) => `${says} → ${fix}`);
      expect(problems).toEqual([
        'no site imports /etc/caddy/shiplock/shop-production.caddy → put "import /etc/caddy/shiplock/shop-production.caddy" into the site block of the app, and send requests on with "reverse_proxy {shiplock_web}", "reverse_proxy {shiplock_event_stream}"',
        'reverse_proxy web:8000 names web, which is gone once only slots run → write reverse_proxy {shiplock_web}',
        'nothing is sent to {shiplock_event_stream} → write reverse_proxy {shiplock_event_stream}',
      ]);
    });

    test('does not read its own configuration with the line before the file: hence the order of the steps', async () => {
      await stand().proxy.write(
        'etc/Early',
        'http:// {\n\timport /etc/caddy/shiplock/later.caddy\n}\n',
      );
      const { code, stderr } = await adapt('Early');
      expect([code, stderr]).toEqual([1, expect.stringContaining('File to import not found')]);
    });
  });
});
