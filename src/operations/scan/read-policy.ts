import { trackedCommand } from '../../commands/git';
import type { Host } from '../../platform/host';

/** A file that has a say in the verdict, as the one who may decide has it. */
export interface PolicyFile {
  readonly path: string;
  /** null = there is none. */
  readonly text: string | null;
  /** Whether the scanned code would have it otherwise. */
  readonly isChanged: boolean;
}

export interface PolicyTools {
  /** Text in the checkout; null = there is none. */
  readonly checkout: (path: string) => Promise<string | null>;
  /** Text at the commit that decides; null = there is none. Throws when nobody can tell. */
  readonly base: ((path: string) => Promise<string | null>) | null;
}

/** Policy and ignores of a pull request come from the commit that it is to be merged into: the scanned code has no say. */
export async function readPolicyFile(path: string, tools: PolicyTools): Promise<PolicyFile> {
  const own = await tools.checkout(path);
  if (tools.base === null) return { path, text: own, isChanged: false };
  const base = await tools.base(path);
  return { path, text: base, isChanged: base !== own };
}

/** Whether git knows a file of a checkout; false where there is no git or no repository. */
export async function isTracked(host: Host, folder: string, path: string): Promise<boolean> {
  const answer = await host.exec(trackedCommand(folder, path)).catch(() => null);
  return answer?.code === 0;
}
