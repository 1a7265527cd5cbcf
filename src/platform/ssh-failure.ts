import { RemoteFailure, ShiplockError, messageOf } from '../errors';
import { errorField } from './error-field';
import { HOST_KEY_HINT } from './known-hosts';
import { describePins, typeOf } from './ssh-host-keys';
import type { HostKeyPins } from './ssh-host-keys';
import { fingerprintOf } from './ssh-key';

/** Why a connection could not be made, in the user's terms; `login` is `user@host:port`, `credential` what was offered. */
export function connectFailure(
  thrown: unknown,
  about: { readonly login: string; readonly credential: string; readonly pins: HostKeyPins },
): ShiplockError {
  const message = messageOf(thrown);
  const level = errorField(thrown, 'level');
  if (level === 'client-authentication' || message.includes('authentication failures')) {
    return authenticationRefused(about.login, about.credential, thrown);
  }
  if (message.includes('no matching host key format'))
    return typeNotPinned(about.login, about.pins, thrown);
  if (message.includes('no matching')) return onlyWeak(about.login, message, thrown);
  if (level === 'agent') return agentFailed(message, thrown);
  return unreachable(about.login, errorField(thrown, 'code'), level, thrown);
}

/** The server showed keys, and none of them is pinned. */
export function wrongHostKey(
  login: string,
  pins: HostKeyPins,
  shown: readonly Buffer[],
): ShiplockError {
  const got = shown.map((key) => `${fingerprintOf(key)} (${typeOf(key)})`).join(', ');
  return refused(
    `The host key of ${login} is not the pinned one: got ${got}, expected ${describePins(pins)}`,
    `Either this is another machine than you think, or its key was renewed. ${HOST_KEY_HINT}`,
  );
}

/** The server showed a key that a line marked @revoked names. */
export function revokedHostKey(login: string, key: Buffer): ShiplockError {
  return refused(
    `The host key of ${login}, ${fingerprintOf(key)}, is marked @revoked`,
    'Do not trust this machine until you know why; then pin its new key.',
  );
}

function typeNotPinned(login: string, pins: HostKeyPins, cause: unknown): ShiplockError {
  return refused(
    `${login} has no host key of a pinned type (${pins.types.join(', ')})`,
    `Pin a key that it has; RSA keys count only with SHA-2 signatures. ${HOST_KEY_HINT}`,
    cause,
  );
}

function onlyWeak(login: string, message: string, cause: unknown): ShiplockError {
  return refused(
    `${login} offers only algorithms that are no longer safe: ${message}`,
    'Update its OpenSSH, or remove old Ciphers, MACs and KexAlgorithms from its sshd_config.',
    cause,
  );
}

function authenticationRefused(login: string, credential: string, cause: unknown): ShiplockError {
  const user = login.slice(0, login.lastIndexOf('@'));
  return refused(
    `${login} does not let user "${user}" in with ${credential}`,
    `Is the user right, and is the public half in its ~/.ssh/authorized_keys? The server's log says more: \`journalctl -u ssh\`.`,
    cause,
  );
}

function agentFailed(message: string, cause: unknown): ShiplockError {
  return refused(
    `The SSH agent cannot be used: ${message}`,
    'Does SSH_AUTH_SOCK name a running agent that holds the key (`ssh-add -l`)?',
    cause,
  );
}

const CODES: Readonly<Record<string, readonly [problem: string, hint: string]>> = {
  ENOTFOUND: [
    'its name is not known',
    'Check the spelling, and the DNS of the machine this runs on.',
  ],
  EAI_AGAIN: ['its name could not be looked up', 'The DNS did not answer; run again.'],
  ECONNREFUSED: ['nothing listens on that port', 'Check the port, and that sshd runs.'],
  EHOSTUNREACH: ['there is no way to it', 'Check the address, firewalls and VPN.'],
  ENETUNREACH: ['there is no way to its network', 'Check the address; IPv6 may be missing here.'],
  ETIMEDOUT: ['it does not answer', 'Check the address and firewalls: is this machine allowed in?'],
};

function unreachable(login: string, code: string, level: string, cause: unknown): RemoteFailure {
  const known = CODES[level === 'client-timeout' ? 'ETIMEDOUT' : code];
  const [problem, hint] = known ?? [
    `it broke the connection off (${messageOf(cause)})`,
    'Is that an SSH port? A full sshd (MaxStartups) and fail2ban do this too.',
  ];
  return new RemoteFailure('unreachable', `Cannot connect to ${login}: ${problem}`, {
    hint,
    cause,
  });
}

function refused(message: string, hint: string, cause?: unknown): ShiplockError {
  return new ShiplockError(message, { hint, cause, fault: 'user', verdict: 'refused' });
}
