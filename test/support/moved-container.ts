import { setTimeout as sleep } from 'node:timers/promises';
import { readContainers } from './release/facts';
import type { Server } from './server';

const image = '127.0.0.1:5000/shiplock-sample/redis:8';

/**
 * Restarts a released container while others take its addresses, and asks until the answer is the expected one or 5 s are over.
 * @returns the last answer; throws when the container kept its addresses
 */
export async function answerAfterMove(
  server: Server,
  service: string,
  expected: string,
  ask: () => Promise<string>,
): Promise<string> {
  const { id, networks } = await runningContainer(server, service);
  const before = await addressesOf(server, id);
  await server.docker(['stop', '--time', '1', id]);
  const squatters = await Promise.all(networks.map((network) => squat(server, network)));
  await server.docker(['start', id]);
  const start = performance.now();
  const after = await addressesOf(server, id);
  let answer = '';
  while (answer !== expected && performance.now() - start < 5000) {
    answer = await Promise.race([ask().catch(String), sleep(1000, 'no answer within 1 s')]);
    await sleep(50);
  }
  await server.docker(['rm', '--force', ...squatters]);
  if (after === before) throw new Error(`${service} is still at ${before}`);
  return answer;
}

async function runningContainer(
  server: Server,
  service: string,
): Promise<{ readonly id: string; readonly networks: readonly string[] }> {
  const found = (await readContainers(server)).find(
    ({ state, labels }) => labels['shiplock.service'] === service && state === 'running',
  );
  if (found === undefined) throw new Error(`no released container of ${service} runs`);
  return found;
}

function addressesOf(server: Server, id: string): Promise<string> {
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}';
  return server.docker(['inspect', '--format', format, id]);
}

function squat(server: Server, network: string): Promise<string> {
  const run = ['run', '--detach', '--network', network, '--entrypoint', 'sleep'];
  return server.docker([...run, image, '300']);
}
