import type { ActionContext, RunResult } from '../../platform/github/run-action';
import { versionFormat, versionPattern } from '../../domain/release/version-name';
import { ShiplockError } from '../../errors';
import { deploy } from '../../transactions/release/deploy';
import type { BackupWishes } from '../../transactions/release/gate-backups';
import { givenOf, openVaults, readCopySecrets } from '../../wiring/open-vaults';
import { resticSource } from '../../wiring/restic-runner';
import { secretVariable } from '../../wiring/backup-run';
import { readCheckout } from '../../wiring/read-checkout';
import { runRelease } from '../../wiring/release-run';
import type { contract } from './contract';

/** Inputs to one deploy and its report. */
export function run(
  context: ActionContext<typeof contract.inputs>,
): Promise<RunResult<typeof contract.outputs>> {
  const { inputs, workspace } = context;
  const version = versionOf(context);
  return runRelease(context, { kind: 'deploy', version }, async (request, tools) => {
    const checkout = await readCheckout(request.config, workspace);
    const copySecrets = readCopySecrets(inputs);
    const backups: BackupWishes = {
      ids: inputs['backup-id'],
      maxAgeMs: inputs['backup-max-age'],
      skip: inputs['skip-backup'] ?? null,
      secrets: {
        variable: (name) => secretVariable(name, context.mask),
        password: null,
        copies: givenOf(copySecrets),
      },
      openVaults: (settings, host) =>
        openVaults(settings, copySecrets, host, resticSource(context)),
    };
    return deploy({ ...request, ...checkout, version, images: inputs.images, backups }, tools);
  });
}

/** Git allows names of tags that no folder can have. */
function versionOf({ inputs, env }: ActionContext<typeof contract.inputs>): string {
  if (inputs.version !== undefined) return inputs.version;
  if (env.refType !== 'tag') return env.sha.slice(0, 12);
  if (versionPattern.test(env.refName)) return env.refName;
  throw new ShiplockError(`The tag ${JSON.stringify(env.refName)} cannot name a release`, {
    hint: `Give the release a name in the input version: ${versionFormat}.`,
    fault: 'user',
    verdict: 'refused',
  });
}
