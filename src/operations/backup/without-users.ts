import { mountersOf, mountingScript, parseMounting } from '../../commands/backup/mounting';
import { firstWords } from '../../commands/backup/stage';
import { script } from '../../commands/shell';
import { ShiplockError } from '../../errors';
import type { Database } from './database';
import type { RestoreOrder } from './database-engine';

const stopMs = 300_000;

/** Stops every container that sees one of the paths of the host, for as long as `act` runs; they are started again whatever happens. */
export async function withoutUsers<T>(
  { host, docker }: Database,
  paths: readonly string[],
  order: Pick<RestoreOrder, 'tell'>,
  act: () => Promise<T>,
): Promise<T> {
  const listed = await host.exec(script(mountingScript, docker));
  // A host without Docker has no container to stop.
  const running = listed.code === 0 ? parseMounting(listed.stdout) : [];
  const users = mountersOf(running, paths);
  const ids = users.map(({ id }) => id);
  const names = users.map(({ name }) => name).join(', ');
  if (ids.length === 0) return act();
  order.tell(`Stopping ${names}, which use${users.length === 1 ? 's' : ''} it`);
  try {
    await command(host, [...docker, 'stop', ...ids], `${names} cannot be stopped`);
    return await act();
  } finally {
    await command(host, [...docker, 'start', ...ids], `${names} cannot be started again`);
    order.tell(`Started ${names} again`);
  }
}

async function command(
  host: Database['host'],
  argv: readonly string[],
  failure: string,
): Promise<void> {
  const { code, stderr } = await host.exec(argv, { timeoutMs: stopMs });
  if (code === 0) return;
  throw new ShiplockError(`${host.name}: ${failure}: ${firstWords(stderr)}`, { fault: 'remote' });
}
