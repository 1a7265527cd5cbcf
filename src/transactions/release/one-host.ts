import type { Config } from '../../config/config';
import { formatHostAddress, type HostAddress } from '../../config/host-address';
import { refusal } from '../../domain/problem';
import { ShiplockError } from '../../errors';
import type { DeployTools, HostRun, Session } from './deploy-tools';

/** Connects to the one server of a release, acts, and closes the connection whatever happens. */
export async function onOneHost<T>(
  { config, facts }: Pick<HostRun, 'config' | 'facts'>,
  tools: DeployTools,
  act: (run: HostRun) => Promise<T>,
): Promise<T> {
  const address = onlyHost(config);
  const session = await connect(tools, address, facts.docker, config.proxyJump);
  try {
    return await act({ address, session, tools, config, facts });
  } finally {
    await session.close().catch(() => undefined);
  }
}

/** Several servers at once are refused, because they must switch together or not at all. */
function onlyHost(config: Config): HostAddress {
  const [address, ...more] = config.hosts;
  const path = `environments.${config.environment}.hosts`;
  if (address === undefined) {
    const fix = 'list one as user@host, in shiplock.yml or in the input hosts';
    throw refusal('hosts', [{ path, says: 'names no server', fix }]);
  }
  if (more.length > 0) {
    const names = config.hosts.map(formatHostAddress).join(', ');
    const says = `names ${config.hosts.length} servers (${names}), and releasing to several at once is not supported yet`;
    throw refusal('hosts', [{ path, says, fix: 'name one server' }]);
  }
  return address;
}

/** Nothing can have been touched yet, so whatever keeps us from connecting is a refusal. */
async function connect(
  tools: DeployTools,
  address: HostAddress,
  docker: readonly string[],
  through: readonly HostAddress[],
): Promise<Session> {
  try {
    return await tools.connect(address, docker, through);
  } catch (thrown) {
    if (!(thrown instanceof ShiplockError) || thrown.fault === 'bug') throw thrown;
    const { message, hint, cause, fault } = thrown;
    throw new ShiplockError(message, { hint, cause, fault, verdict: 'refused' });
  }
}
