import { script } from '../../commands/shell';
import { parseJson } from '../../domain/json';
import { lease } from '../../domain/records/state';
import { judgeLease } from '../../domain/release/judge-lease';
import { ShiplockError } from '../../errors';
import type { Host } from '../../platform/host';
import { hostPath } from '../release/release-files';

/** Who releases at this moment, in words; null = nobody. @param now milliseconds of the epoch */
export async function readLease(host: Host, base: string, now: number): Promise<string | null> {
  const { code, stdout } = await host.exec(['cat', hostPath.lease(base)]);
  const held = code === 0 ? lease.safeParse(parseJson(stdout)).data : undefined;
  const judged = judgeLease(held ?? null, [], now / 1000);
  return judged.kind === 'held' ? `${judged.holder.actor}, ${judged.holder.run}` : null;
}

/** One line of who did what. */
export async function noteAudit(
  host: Host,
  base: string,
  line: Readonly<Record<string, string>>,
): Promise<void> {
  const append = 'umask 077; cat >>"$1"';
  await host.exec(script(append, [hostPath.audit(base)]), { stdin: `${JSON.stringify(line)}\n` });
}

/** Writes a file that only its owner reads. */
export async function writeOwn(host: Host, path: string, text: string): Promise<void> {
  const write = 'umask 077; cat >"$1" && { sync "$1" 2>/dev/null || sync; }';
  const { code, stderr } = await host.exec(script(write, [path]), { stdin: text });
  if (code === 0) return;
  throw new ShiplockError(`${host.name}: ${path} cannot be written`, {
    hint: stderr.trim().slice(0, 300),
    fault: 'remote',
  });
}
