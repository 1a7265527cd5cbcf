import { ShiplockError } from '../../src/errors';
import { connectSsh } from '../../src/platform/ssh/ssh-host';
import type { SshOptions } from '../../src/platform/ssh/ssh-route';

/** Why a connection was not made; fails when it was, or when the reason is no error of ours. */
export async function refusedConnection(options: SshOptions): Promise<ShiplockError> {
  const outcome: unknown = await connectSsh(options).then(
    async (host) => {
      await host.close();
      return 'it connected';
    },
    (thrown: unknown) => thrown,
  );
  if (outcome instanceof ShiplockError) return outcome;
  throw outcome instanceof Error ? outcome : new Error(String(outcome));
}
