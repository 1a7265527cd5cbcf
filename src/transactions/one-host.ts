import type { Config } from '../config/config';
import { formatHostAddress, type HostAddress } from '../config/host-address';
import { refusal } from '../domain/problem';
import { ShiplockError } from '../errors';
import type { DeployTools, RunFacts, Session } from './deploy-tools';

/** The one server of a release; several at once are refused, because they must switch together or not at all. */
export function onlyHost(config: Config): HostAddress {
  const [address, ...more] = config.hosts;
  if (address === undefined) {
    throw refusal('hosts', [
      {
        path: `environments.${config.environment}.hosts`,
        says: 'names no server',
        fix: 'list one as user@host, in shiplock.yml or in the input hosts',
      },
    ]);
  }
  if (more.length > 0) {
    throw refusal('hosts', [
      {
        path: `environments.${config.environment}.hosts`,
        says: `names ${config.hosts.length} servers (${config.hosts.map(formatHostAddress).join(', ')}), and releasing to several is not supported yet`,
        fix: 'name one server',
      },
    ]);
  }
  return address;
}

/** Connects, acts, and closes the connection whatever happens. */
export async function withSession<T>(
  tools: DeployTools,
  address: HostAddress,
  facts: RunFacts,
  act: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await connect(tools, address, facts);
  try {
    return await act(session);
  } finally {
    await session.close().catch(() => undefined);
  }
}

/** Nothing can have been touched yet, so whatever keeps us from connecting is a refusal. */
async function connect(
  tools: DeployTools,
  address: HostAddress,
  facts: RunFacts,
): Promise<Session> {
  try {
    return await tools.connect(address, facts.docker);
  } catch (thrown) {
    if (!(thrown instanceof ShiplockError) || thrown.fault === 'bug') throw thrown;
    throw new ShiplockError(thrown.message, {
      hint: thrown.hint,
      cause: thrown.cause,
      fault: thrown.fault,
      verdict: 'refused',
    });
  }
}
