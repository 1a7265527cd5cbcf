import { headCommand, parseClone, shallowCommand, tagsCommand } from '../../commands/git';
import type { Host } from '../../platform/host';

/** What a clone says of its commit. */
export type CloneFacts = NonNullable<ReturnType<typeof parseClone>>;

/** What the clone in a folder says of its commit; null when there is none. */
export async function readClone(host: Host, folder: string): Promise<CloneFacts | null> {
  const [head, shallow] = await Promise.all([
    host.exec(headCommand(folder)).catch(() => null),
    host.exec(shallowCommand(folder)).catch(() => null),
  ]);
  if (head?.code !== 0 || shallow?.code !== 0) return null;
  return parseClone(head.stdout, shallow.stdout);
}

/** Every tag of the clone. */
export async function readCloneTags(host: Host, folder: string): Promise<readonly string[]> {
  const { code, stdout } = await host.exec(tagsCommand(folder));
  return code === 0 ? stdout.split('\n').filter((line) => line !== '') : [];
}
