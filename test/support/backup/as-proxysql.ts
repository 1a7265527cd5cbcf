import { createServer, connect, type AddressInfo } from 'node:net';

const asked = 'select @@version_comment limit 1';
const answered = "select '(ProxySQL)'";
const query = 3;

/**
 * Stands for ProxySQL, which no registry in reach has: it passes everything on to the server, and answers that one text, letter by
 * letter, with its own name (`SELECT_VERSION_COMMENT` in its MySQL_Session.cpp). Without TLS.
 */
export async function startAsProxysql(
  server: string,
): Promise<{ readonly port: number; readonly close: () => void }> {
  const proxy = createServer((client) => {
    const behind = connect(3306, server);
    let rest = Buffer.alloc(0);
    client.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= 4 + rest.readUIntLE(0, 3)) {
        const end = 4 + rest.readUIntLE(0, 3);
        behind.write(changed(rest.subarray(0, end)));
        rest = rest.subarray(end);
      }
    });
    behind.pipe(client);
    for (const [one, other] of [
      [client, behind],
      [behind, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    port: (proxy.address() as AddressInfo).port,
    close: () => {
      proxy.close();
    },
  };
}

/** A packet: length in three bytes, its number, what is asked. */
function changed(packet: Buffer): Buffer {
  if (packet[4] !== query || !packet.subarray(5).equals(Buffer.from(asked))) return packet;
  const text = Buffer.from(answered);
  const head = Buffer.from([text.length + 1, 0, 0, packet[3] ?? 0, query]);
  return Buffer.concat([head, text]);
}
