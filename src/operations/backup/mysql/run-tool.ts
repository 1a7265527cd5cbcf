import { safeWords } from '../../../commands/backup/mysql-dump';
import { ShiplockError } from '../../../errors';
import type { Host } from '../../../platform/host';
import { longestMs } from './ask';

/** Runs one tool; what it says when it fails is shown without values. */
export async function runTool(
  host: Host,
  {
    name,
    argv,
    stdin,
  }: { readonly name: string; readonly argv: readonly string[]; readonly stdin?: string },
): Promise<string> {
  const result = await host.exec(argv, {
    stdin,
    timeoutMs: longestMs,
    maxOutputBytes: 64 * 1024 * 1024,
  });
  if (result.code === 0) return result.stdout;
  const words = safeWords(result.stderr);
  throw new ShiplockError(
    `${host.name}: could not ${name} (code ${result.code})${words === '' ? '' : `: ${words}`}`,
    { fault: 'remote' },
  );
}
