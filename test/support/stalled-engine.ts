import type { Server } from './server';

/** Docker's engine stands still for 6 s, longer than a lost question to it takes to be repeated: it is the resolver of its containers. */
export async function stallEngine(server: Server): Promise<void> {
  const engine = (await server.exec(['pidof', 'dockerd'])).stdout.trim();
  await server.exec(['sh', '-c', `kill -STOP ${engine}; sleep 6; kill -CONT ${engine}`]);
}
