import '../module-dirname';
import { setTimeout as wait } from 'node:timers/promises';
import ssh2 from 'ssh2';
import type {
  AnyAuthMethod,
  AuthHandlerMiddleware,
  BaseAgent,
  ParsedKey,
  SignCallback,
  SigningRequestOptions,
} from 'ssh2';
import { ShiplockError, messageOf } from '../../errors';
import { readPrivateKey } from './ssh-key';
import { fingerprintOf } from './public-key';

/** What somebody logs in with, as it came from the user. */
export interface Identity {
  readonly privateKey?: string | undefined;
  readonly passphrase?: string | undefined;
  /** Path of an agent's socket; used after the private key when both are given. Never forwarded. */
  readonly agentSocket?: string | undefined;
  /** The input that the key came from. */
  readonly input?: string | undefined;
}

/** What a server said while it was asked to let us in. */
export interface LoginNotes {
  /** How it lets people in; null until it has refused once. */
  methods: readonly string[] | null;
  /** It took the key and wants something more. */
  partial: boolean;
  /** It takes signatures of the kind `SHA-1` only. */
  sha1: boolean;
}

export interface SshLogin {
  /** What is offered to the server, for a message: fingerprints, never a secret. */
  readonly credential: string;
  /** The ways to log in, one after the other, for one connection. */
  offer(username: string, notes: LoginNotes): AuthHandlerMiddleware;
}

/** Reads what to log in with; throws when there is nothing, or when it cannot be used. */
export async function readLogin(identity: Identity): Promise<SshLogin> {
  const { privateKey = '', passphrase, agentSocket = '', input = 'ssh-key' } = identity;
  const key = privateKey.trim() === '' ? null : readPrivateKey(privateKey, passphrase, input);
  const held = agentSocket === '' ? [] : await keysOf(agentSocket, key !== null);
  if (key === null && held.length === 0) throw nothing(input, agentSocket !== '');
  const agent = held.length === 0 ? null : sha2Agent(agentSocket);
  const own = key === null ? [] : [`the key ${key.fingerprint} (${key.type})`];
  const agents = held.length === 0 ? [] : [`the SSH agent's ${describeKeys(held)}`];
  return {
    credential: [...own, ...agents].join(' or '),
    offer: (username, notes) =>
      inTurn(notes, [
        ...(key === null
          ? []
          : [{ type: 'publickey' as const, username, key: withSha2(key.parsed, notes) }]),
        ...(agent === null ? [] : [{ type: 'agent' as const, username, agent }]),
      ]),
  };
}

function inTurn(notes: LoginNotes, ways: readonly AnyAuthMethod[]): AuthHandlerMiddleware {
  const left = [...ways];
  return (methods: readonly string[] | null, partial: boolean | null, next) => {
    if (methods !== null) notes.methods = methods;
    if (partial === true) notes.partial = true;
    // Its type does not know that false ends the login.
    next(left.shift() ?? (false as unknown as AnyAuthMethod));
  };
}

const sha1Refused = 'SHA-1 signatures are not safe';

/** ssh2 falls back to SHA-1 where an RSA key is asked for and the server knows nothing better. */
function withSha2(key: ParsedKey, notes: LoginNotes): ParsedKey {
  if (key.type !== 'ssh-rsa') return key;
  const sign = (data: Buffer | string, algorithm?: string): Buffer | Error => {
    if (algorithm?.startsWith('sha') === true && algorithm !== 'sha1')
      return key.sign(data, algorithm);
    notes.sha1 = true;
    return new Error(sha1Refused);
  };
  return Object.create(key, { sign: { value: sign } }) as ParsedKey;
}

/** The same for keys of an agent; ssh2 calls it with all four arguments. */
function sha2Agent(socket: string): BaseAgent {
  const agent = new ssh2.OpenSSHAgent(socket);
  const sign: typeof agent.sign = agent.sign.bind(agent);
  const checked = (
    key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions,
    done: SignCallback,
  ): void => {
    if (options.hash === 'sha1') done(new Error(sha1Refused));
    else sign(key, data, options, done);
  };
  return Object.assign(agent, { sign: checked });
}

const patienceMs = 5_000;

/** The keys that an agent holds and ssh2 can use; an agent that does not answer is left out where there is a key besides. */
async function keysOf(socket: string, dispensable: boolean): Promise<readonly ParsedKey[]> {
  const answer = new Promise<readonly ParsedKey[]>((resolve, reject) => {
    new ssh2.OpenSSHAgent(socket).getIdentities((error, keys = []) => {
      if (error) reject(error);
      else resolve(keys as ParsedKey[]);
    });
  });
  const late = wait(patienceMs, undefined, { ref: false }).then(() => {
    throw new Error('it does not answer');
  });
  return Promise.race([answer, late]).catch((cause: unknown) => {
    if (dispensable) return [];
    throw new ShiplockError(`The SSH agent cannot be used: ${messageOf(cause)}`, {
      hint: 'Does SSH_AUTH_SOCK name the socket of an agent that runs (`ssh-add -l`)?',
      cause,
      fault: 'user',
      verdict: 'refused',
    });
  });
}

function describeKeys(keys: readonly ParsedKey[]): string {
  const shown = keys.slice(0, 4).map((key) => `${fingerprintOf(key.getPublicSSH())} (${key.type})`);
  const more = keys.length > shown.length ? ` and ${keys.length - shown.length} more` : '';
  return `${keys.length === 1 ? 'key' : `${keys.length} keys`} ${shown.join(', ')}${more}`;
}

function nothing(input: string, agent: boolean): ShiplockError {
  return new ShiplockError(
    agent
      ? `There is no SSH key to log in with: ${input} is empty, and the SSH agent holds no key that can be used`
      : `There is no SSH key to log in with: ${input} is empty, and there is no SSH agent`,
    {
      hint: [
        `Give the private key in ${input}, from a secret. A secret is empty when its name is misspelt, in a pull request from a fork,`,
        'and, if it belongs to a GitHub environment, in a job that does not name that `environment:`.',
      ].join('\n'),
      fault: 'user',
      verdict: 'refused',
    },
  );
}
