import type { RestartPolicy } from '../records/release';
import type { ComposeService } from './compose-config';

function named(text: string): RestartPolicy {
  const [name, count] = text.split(':');
  switch (name) {
    case 'any':
    case 'always':
      return { Name: 'always' };
    case 'unless-stopped':
      return { Name: 'unless-stopped' };
    case 'on-failure':
      return { Name: 'on-failure', MaximumRetryCount: Number(count ?? 0) };
    default:
      return { Name: 'no' };
  }
}

/** The team's restart policy as Compose itself reads it: `deploy.restart_policy` wins over `restart`. */
export function restartPolicyOf({ restart, deploy }: ComposeService): RestartPolicy {
  const own = deploy?.restart_policy;
  if (own === undefined) return named(restart ?? 'no');
  const { condition = 'any', max_attempts: attempts } = own;
  return named(attempts === undefined ? condition : `${condition}:${attempts}`);
}
