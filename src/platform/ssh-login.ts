import type { Config } from 'node-ssh';
import { ShiplockError } from '../errors';
import { readPrivateKey } from './ssh-key';

interface Secrets {
  readonly privateKey?: string | undefined;
  readonly passphrase?: string | undefined;
  readonly agentSocket?: string | undefined;
}

export interface SshLogin {
  readonly config: Pick<Config, 'privateKey' | 'passphrase' | 'agent' | 'authHandler'>;
  /** What is offered to the server, for a message: a fingerprint, never a secret. */
  readonly credential: string;
}

/** What to log in with; throws when there is nothing, or when the key cannot be used. */
export function readLogin({ privateKey, passphrase, agentSocket }: Secrets): SshLogin {
  const hasKey = privateKey !== undefined && privateKey.trim() !== '';
  const agent = agentSocket ? { agent: agentSocket } : {};
  if (!hasKey && !agentSocket) {
    throw new ShiplockError('There is no SSH key to log in with', {
      hint: 'Give a private key in `ssh-key` (from a secret), or run an SSH agent.',
      fault: 'user',
      verdict: 'refused',
    });
  }
  if (!hasKey)
    return {
      config: { ...agent, authHandler: ['agent'] },
      credential: "the SSH agent's keys",
    };
  const key = readPrivateKey(privateKey, passphrase);
  return {
    config: {
      ...agent,
      privateKey: key.text,
      ...(key.passphrase === undefined ? {} : { passphrase: key.passphrase }),
      authHandler: agentSocket ? ['publickey', 'agent'] : ['publickey'],
    },
    credential: `the key ${key.fingerprint} (${key.type})${agentSocket ? " or the SSH agent's keys" : ''}`,
  };
}
