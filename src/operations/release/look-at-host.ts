import { lookScript, parseLook } from '../../commands/look';
import { script } from '../../commands/shell';
import { ShiplockError } from '../../errors';
import type { Host } from '../../platform/host';

/** What the look brought. */
export type HostLook = ReturnType<typeof parseLook>;

/** S0 and S1, one exchange: everything the host says about itself and this app; changes nothing. */
export async function lookAtHost(
  host: Host,
  app: string,
  environment: string,
  docker: readonly string[],
): Promise<HostLook> {
  const result = await host.exec(script(lookScript, [app, environment, ...docker]), {
    timeoutMs: 60_000,
  });
  if (result.code === 0) return parseLook(result.stdout);
  throw new ShiplockError(`${host.name} could not be looked at: exit code ${result.code}`, {
    hint: result.stderr.trim().slice(0, 500) || 'The login shell of this user must run POSIX sh.',
    fault: 'remote',
  });
}
