import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { runAction, type RunResult } from '../support/runner/runner';

const workspace = mkdtempSync(join(tmpdir(), 'shiplock-refused-'));
const secrets = {
  key: generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  }).privateKey,
  passphrase: 'a passphrase for nothing',
};

let connections = 0;
const server = createServer((socket) => {
  connections += 1;
  socket.destroy();
});

beforeAll(() => new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening)));
afterAll(() => {
  server.close();
  rmSync(workspace, { recursive: true });
});

function config(changes: Readonly<Record<string, string>> = {}): string {
  return Object.entries({
    app: 'shop',
    compose: 'docker-compose.yml',
    release: '{ web: { port: 8000 } }',
    proxy: '{ kind: nginx, service: nginx, config-dir: nginx/shiplock }',
    verify: '[{ url: "http://shop.test/" }]',
    environments: '{ production: { hosts: [deploy@shop.test] } }',
    ...changes,
  })
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}

beforeEach(() => {
  writeFileSync(join(workspace, 'shiplock.yml'), config());
  writeFileSync(join(workspace, 'docker-compose.yml'), 'services: { web: { image: "shop:1" } }\n');
  connections = 0;
});

describe.each(['deploy', 'rollback'])('%s refuses', (name) => {
  function start(inputs: Readonly<Record<string, string>> = {}): Promise<RunResult> {
    const { port } = server.address() as AddressInfo;
    const access = {
      hosts: `deploy@127.0.0.1:${port}`,
      'ssh-key': secrets.key,
      'known-hosts': `SHA256:${'A'.repeat(43)}`,
    };
    return runAction({
      action: `actions/${name}`,
      inputs: { ...access, ...inputs },
      workspace,
      secrets: Object.values(secrets),
    }).done;
  }

  /** Told in the log and in the summary alike, and nothing else happened. */
  function expectRefusal(result: RunResult, ...texts: readonly string[]): void {
    const [error, ...others] = result.annotations;
    expect(others).toEqual([]);
    expect(error).toMatchObject({ level: 'error', properties: { title: `Shiplock ${name}` } });
    for (const text of texts) {
      expect(error?.message).toContain(text);
      expect(result.summary).toContain(text);
    }
    expect(result).toMatchObject({
      ...{ conclusion: 'failure', exitCode: 3, postExitCode: 0 },
      ...{ outputs: { verdict: 'refused' }, env: {}, path: [] },
    });
    expect(result.log.split('\n').filter((line) => line.startsWith('##['))).toHaveLength(1);
    expect(connections).toBe(0);
  }

  test('a server whose key is not pinned, telling how to read it', async () => {
    const result = await start({ 'known-hosts': '' });
    expectRefusal(result, 'known-hosts', '/etc/ssh/ssh_host_');
  });

  test('two bad inputs at once, each by its name and with its fix', async () => {
    const inputs = { bake: 'soon', 'ssh-key': '', 'ssh-key-passphrase': secrets.passphrase };
    const result = await start(inputs);
    expectRefusal(
      result,
      '2 inputs cannot be used',
      'bake: "soon" is not a duration',
      'like 500ms, 30s, 2m',
      'ssh-key-passphrase: is given, but ssh-key is not',
      'Nothing was touched',
    );
  });

  test('a private key that is none, without repeating it', async () => {
    expectRefusal(await start({ 'ssh-key': secrets.passphrase }), 'whole private key file');
  });

  test('no key and no agent', async () => {
    expectRefusal(await start({ 'ssh-key': '' }), 'no SSH key', 'ssh-key');
  });

  test('an unknown key in the configuration, with its line and the key that was meant', async () => {
    writeFileSync(join(workspace, 'shiplock.yml'), `${config()}verfy: []\nbaek: 2m\n`);
    expectRefusal(
      await start(),
      'shiplock.yml: 2 problems',
      ...['verfy (line 7)', 'write "verify"', 'baek (line 8)', 'write "bake"'],
    );
  });

  test('an environment that is not defined, with those that are', async () => {
    expectRefusal(await start({ environment: 'prod' }), '"prod" is not defined', 'production');
  });

  test('a missing configuration, asking for the checkout', async () => {
    rmSync(join(workspace, 'shiplock.yml'));
    expectRefusal(await start(), 'shiplock.yml cannot be read', 'actions/checkout');
  });

  // A rollback takes the compose file of the release that it returns to, from the server.
  if (name === 'deploy') {
    test('a missing compose file, telling where its name stands', async () => {
      rmSync(join(workspace, 'docker-compose.yml'));
      const result = await start();
      expectRefusal(result, 'docker-compose.yml cannot be read', 'compose in shiplock.yml');
    });
  }
});
