import {
  freeLeaseScript,
  includeReadScript,
  prepareExit,
  prepareScript,
  restoreIncludeScript,
} from '../../commands/prepare';
import { script } from '../../commands/shell';
import { ShiplockError } from '../../errors';
import type { Host } from '../../platform/host';
import type { PackFiles, PackedFile } from '../../platform/tar';

/** What to put where while the lease is taken; see the prepare script for the names in the archive. */
export interface Preparation {
  readonly base: string;
  readonly deploy: string;
  /** '' = no release is uploaded. */
  readonly release: string;
  readonly keeperHash: string;
  readonly configDir: string;
  /** File name of the proxy's include. */
  readonly include: string;
  readonly files: readonly PackedFile[];
}

/** S2 and the upload in one exchange: takes the lease or refuses. @returns whether the proxy has yet to read its include */
export async function prepareHost(
  host: Host,
  pack: PackFiles,
  preparation: Preparation,
): Promise<{ readonly includeChanged: boolean }> {
  const { base, deploy, release, keeperHash, configDir, include, files } = preparation;
  const argv = script(prepareScript, [base, deploy, release, keeperHash, configDir, include]);
  const result = await host.exec(argv, { stdin: await pack(files), timeoutMs: 120_000 });
  if (result.code === 0) return { includeChanged: result.stdout.includes('include-changed') };
  if (result.code === prepareExit.busy || result.code === prepareExit.leaseMoved) {
    throw new ShiplockError(`${host.name}: another deploy took the lease at the same moment`, {
      hint: 'Nothing was touched. Wait until it has ended, then run again.',
      fault: 'user',
      verdict: 'refused',
    });
  }
  throw new ShiplockError(
    `${host.name}: the files of the release could not be written (exit code ${result.code})`,
    {
      hint: result.stderr.trim().slice(0, 500),
      fault: 'remote',
    },
  );
}

/** Puts the proxy's include of before back. */
export async function restoreInclude(host: Host, base: string, include: string): Promise<void> {
  await host.exec(script(restoreIncludeScript, [base, include]));
}

/** Notes that the proxy has read the include. */
export async function noteIncludeRead(host: Host, base: string): Promise<void> {
  await host.exec(script(includeReadScript, [base]));
}

/** Frees the lease, if it still is what this deploy wrote; both are texts of one line. */
export async function freeLeaseOnHost(
  host: Host,
  base: string,
  { written, free }: { readonly written: string; readonly free: string },
): Promise<void> {
  await host.exec(script(freeLeaseScript, [base, written, free]), { timeoutMs: 10_000 });
}
