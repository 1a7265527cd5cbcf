import { describe, expect, test } from '@jest/globals';
import { RemoteFailure, ShiplockError } from '../../../src/errors';
import { base, configDir } from '../../support/scripted/host';
import { deployed, runOn, type Run } from '../../support/scripted/run';
import { ScriptedServer } from '../../support/scripted/server';
import { shop } from '../../support/shop';

/** What a refused run said, with its hint; fails when it was not refused, or when it changed anything. */
async function refusal(
  server: ScriptedServer,
  act: (run: Run) => Promise<unknown>,
  run = runOn(server),
) {
  const before = server.world.copy();
  const thrown = await server.world.clock.drive(
    act(run).then(
      () => 'nothing',
      (one: unknown) => one,
    ),
  );
  if (!(thrown instanceof ShiplockError)) throw new Error(`not refused but: ${String(thrown)}`);
  expect(server.world.copy()).toEqual({ ...before, nowMs: server.world.clock.now() });
  return {
    verdict: thrown.verdict,
    fault: thrown.fault,
    text: `${thrown.message}\n${thrown.hint ?? ''}`,
  };
}

const deploy = (run: Run) => run.deploy('v2');

describe('the servers', () => {
  test('several at once are refused, all of them named', async () => {
    const hosts = ['deploy@one.example.com', 'deploy@two.example.com:2222'];
    const server = new ScriptedServer();
    const run = runOn(server, { environments: { production: { hosts } } });
    const { verdict, text } = await refusal(server, deploy, run);
    expect(verdict).toBe('refused');
    expect(text).toContain('names 2 servers (deploy@one.example.com, deploy@two.example.com:2222)');
  });

  test('one that cannot be reached is a refusal, for nothing was touched', async () => {
    const server = new ScriptedServer();
    server.connect = () =>
      Promise.reject(new RemoteFailure('unreachable', 'no route to host', { hint: 'Is it up?' }));
    expect(await refusal(server, deploy)).toEqual({
      verdict: 'refused',
      fault: 'remote',
      text: 'no route to host\nIs it up?',
    });
  });
});

const quiet = { stderr: '', truncated: false };

/** A lease that somebody took a moment ago. */
const heldLease = (server: ScriptedServer): string => {
  const holder = { deploy: 'd9', run: 'https://github.com/run/9', actor: 'bob', attempt: 1 };
  const heartbeat = Math.floor(server.world.clock.now() / 1000);
  return JSON.stringify({ schema: 1, epoch: 4, holder, heartbeat });
};

describe('the preflight', () => {
  test('lists everything that is wrong at once, each with its fix', async () => {
    const server = new ScriptedServer();
    server.setting.document = { ...server.setting.document, name: 'other' };
    Object.assign(server.setting.look, { missing: 'flock', writable: null });
    const release = { web: { port: 8000, health: { path: '/up' } }, worker: {}, mailer: {} };
    const { verdict, text } = await refusal(server, deploy, runOn(server, { release }));
    expect(verdict).toBe('refused');
    expect(text).toContain('deploy@shop.example.com: 4 problems');
    for (const part of [
      'the command flock is missing',
      '/var/lib/shiplock: cannot be made by deploy',
      'project: is other, but the stack runs as shop',
      'release.mailer: the compose file has no service mailer',
      'Nothing was touched.',
    ])
      expect(text).toContain(part);
    expect(text.match(/ Fix: /g)).toHaveLength(4);
  });

  test('lists what each of its looks found: tools, lease, stack, proxy, registry, compose file', async () => {
    const server = new ScriptedServer();
    const services = shop().services as Record<string, object>;
    const web = { ...services['web'], network_mode: 'host' };
    server.setting.document = { ...shop(), services: { ...services, web } };
    server.setting.look = { missing: 'flock', lease: heldLease(server) };
    server.nginx = { code: 0, stdout: '# configuration file /etc/nginx/nginx.conf:\n', ...quiet };
    const images = ['registry.example.com:5000/shop/app:lost'];
    const { text } = await refusal(server, (run) => run.deploy('v2', { images }));
    for (const part of [
      'the command flock is missing',
      'lease: is held: bob',
      'it does not include /etc/nginx/shiplock/shop-production.conf',
      'app:lost was not found',
      'services.web.network_mode: is host',
      'Prepare nginx once, in this order',
    ])
      expect(text).toContain(part);
  });

  test('refuses compose files that Compose refuses, in its words', async () => {
    const server = new ScriptedServer();
    server.setting.document = null;
    expect((await refusal(server, deploy)).text).toContain(
      'docker compose config refused the files: yaml: line 3',
    );
  });

  test.each([
    ['no JSON', 'WARN: hello\nname: shop\n', 'printed no JSON, and said it had succeeded'],
    ['nothing', '', 'printed no JSON'],
    ['no project', '{"services":{"web":1}}', 'printed a document that is no project (at name)'],
  ])('refuses what Compose prints with exit code 0 and is %s', async (_, printed, part) => {
    const server = new ScriptedServer();
    server.setting.printed = printed;
    const { verdict, text } = await refusal(server, deploy);
    expect([verdict, text]).toEqual(['refused', expect.stringContaining(part)]);
    expect(text).toContain('without a wrapper or an alias of docker');
    expect(text).not.toContain('hello');
  });

  test('a disk without room for the images, and an image that cannot be had, are told together', async () => {
    const server = new ScriptedServer();
    server.setting.freeKib = 1024;
    const images = ['registry.example.com:5000/shop/app:lost'];
    const { verdict, text } = await refusal(server, (run) => run.deploy('v2', { images }));
    expect(verdict).toBe('refused');
    expect(text).toContain('/var/lib/docker: 1 MiB are free, 300 MiB are needed');
    expect(text).toContain('shop/app:lost was not found');
  });

  test('an image that the registry does not have is refused before anything is touched', async () => {
    const server = new ScriptedServer();
    const images = ['registry.example.com:5000/shop/app:lost'];
    const { verdict, text } = await refusal(server, (run) => run.deploy('v2', { images }));
    expect(verdict).toBe('refused');
    expect(text).toContain('registry.example.com:5000/shop/app:lost was not found');
  });
});

describe('the proxy', () => {
  test('one that does not read the include is told everything it needs', async () => {
    const server = new ScriptedServer();
    server.nginx = {
      code: 0,
      stdout: '# configuration file /etc/nginx/nginx.conf:\nhttp { server { listen 80; } }\n',
      stderr: '',
      truncated: false,
    };
    const { verdict, text } = await refusal(server, deploy);
    expect(verdict).toBe('refused');
    expect(text).toContain('include /etc/nginx/shiplock/shop-production.conf');
  });

  test('one that cannot read its own configuration would not survive a restart', async () => {
    const server = new ScriptedServer();
    server.nginx = {
      code: 1,
      stdout: '',
      stderr: 'nginx: [emerg] unknown directive\n',
      truncated: false,
    };
    const { verdict, text } = await refusal(server, deploy);
    expect([verdict, text]).toEqual([
      'refused',
      expect.stringContaining('[emerg] unknown directive'),
    ]);
  });
});

describe('what serves is not proven', () => {
  test.each<[string, (files: Record<string, string>) => void, string]>([
    [
      'a marker that was moved by hand',
      (files) => {
        files[`${configDir}/shop-production/green`] = '';
      },
      'the proxy sends requests to green, but 1-v1 in blue is on record as live',
    ],
    [
      'a state that cannot be read',
      (files) => {
        files[`${base}/state.json`] = '{';
      },
      'state.json cannot be read: it is not a whole JSON document',
    ],
    [
      'a release record that is gone',
      (files) => {
        Reflect.deleteProperty(files, `${base}/releases/1-v1/release.json`);
      },
      'the record of 1-v1 is missing',
    ],
  ])('%s ends the run unproven, with the last record', async (_, harm, reason) => {
    const server = new ScriptedServer();
    await deployed(server, 'v1');
    harm(server.world.state.files);
    for (const act of [deploy, (run: Run) => run.rollBack()]) {
      const { verdict, text } = await refusal(server, act);
      expect(verdict).toBe('unproven');
      expect(text).toContain(reason);
      expect(text).toContain('The last record is end done of 2026-03-01T');
    }
  });
});

test('a damaged state comes with the text that would mend it', async () => {
  const server = new ScriptedServer();
  await deployed(server, 'v1', 'v2');
  const { files } = server.world.state;
  const path = `${base}/state.json`;
  files[path] = (files[path] ?? '').replace('2-v2', '1-v1');
  const { text } = await refusal(server, deploy);
  expect(text).toContain('state.json cannot be read: its checksum is wrong');
  const [, mended = ''] = /<<'END'\n([\s\S]*?)END/.exec(text) ?? [];
  files[path] = mended;
  const report = await server.world.clock.drive(runOn(server).deploy('v3'));
  expect([report.previous, report.verdict]).toEqual(['2-v2', 'deployed']);
});

describe('a rollback', () => {
  test.each<[string, readonly string[], string | undefined, string]>([
    ['before anything was released', [], undefined, 'no release is live'],
    ['with nothing before the live release', ['v1'], undefined, '1-v1'],
    ['to what nobody knows', ['v1', 'v2'], 'v9', 'v9 is not on record'],
    ['to what serves', ['v1', 'v2'], 'v2', '2-v2 serves already'],
  ])('%s is refused', async (_, versions, version, said) => {
    const server = new ScriptedServer();
    await deployed(server, ...versions);
    if (versions.length === 0)
      server.world.state.files[`${base}/shared.json`] = JSON.stringify(server.setting.document);
    const { verdict, text } = await refusal(server, (run) => run.rollBack(version));
    expect([verdict, text]).toEqual(['refused', expect.stringContaining(said)]);
  });
});
