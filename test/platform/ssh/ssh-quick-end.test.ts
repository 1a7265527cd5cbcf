import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import ssh2 from 'ssh2';
import { connectSsh } from '../../../src/platform/ssh/ssh-host';
import type { Host } from '../../../src/platform/host';

const { Server, utils } = ssh2;

const hostKey = utils.generateKeyPairSync('ed25519');
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

/** Says that a command was started, what it printed and how it ended in one breath, as a busy client hears any quick command. */
const server = new Server({ hostKeys: [hostKey.private] }, (client) => {
  client.on('error', () => undefined);
  client.on('authentication', (attempt) => attempt.accept());
  client.on('session', (accept) => {
    accept().on('exec', (acceptCommand, _reject, { command }) => {
      const channel = acceptCommand();
      const asked = /^'printf' '%s' '(.*)'$/.exec(command)?.[1];
      channel.write(asked ?? `ran ${command}`);
      channel.exit(asked === undefined ? Number(/\d+/.exec(command)?.[0]) : 0);
      channel.end();
    });
  });
});

let host: Host;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  host = await connectSsh({
    destination: { user: 'deploy', host: '127.0.0.1', port },
    privateKey,
    knownHosts: [`[127.0.0.1]:${port} ${hostKey.public}`],
  });
});
afterAll(async () => {
  await host.close();
  server.close();
});

test('a command that ends in the packet that says it was started is not taken for a lost connection', async () => {
  for (const code of [0, 3, 255]) {
    const result = await host.exec(['exit', String(code)]);
    expect(result).toEqual({ code, stdout: `ran 'exit' '${code}'`, stderr: '' });
  }
});
