import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEnvironment } from '../support/environment';

// For trying things by hand: `npx tsx test/environment/serve.ts web1` starts a server, says how to reach it, and removes it on Ctrl-C.
const environment = await startEnvironment();
const server = await environment.startServer({ name: process.argv[2] ?? 'web1' });
const folder = mkdtempSync(join(tmpdir(), 'shiplock-serve-'));
writeFileSync(join(folder, 'key'), server.privateKey, { mode: 0o600 });
writeFileSync(join(folder, 'known_hosts'), await server.knownHosts());
console.log(`ssh -i ${folder}/key -o UserKnownHostsFile=${folder}/known_hosts -p ${server.sshPort} deploy@127.0.0.1
http://127.0.0.1:${server.httpPort} is its port 80
docker exec -it ${server.container} bash
keeper image ${environment.keeperImage}
Ctrl-C removes it.`);
await new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
  setInterval(() => undefined, 60_000).ref();
});
await environment.stop();
rmSync(folder, { recursive: true });
process.exit(0);
