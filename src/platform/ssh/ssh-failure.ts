import { RemoteFailure, ShiplockError, messageOf } from '../../errors';
import { NAME_LATE } from './dial';
import { errorField } from '../error-field';
import { typeNotPinned } from './host-key-failure';
import { oneLine } from '../one-line';
import { addressOf } from './ssh-hop';
import type { Hop } from './ssh-hop';
import { HUNG_UP, notLetIn, onlySha1 } from './login-failure';
import type { ServerWords } from './login-failure';

/** Why a connection could not be made, in the user's terms. */
export function connectFailure(thrown: unknown, hop: Hop, words: ServerWords): ShiplockError {
  const message = messageOf(thrown);
  const level = errorField(thrown, 'level');
  if (message.startsWith('(SSH) Channel open failure')) return notForwarded(thrown, hop);
  if (words.sha1) return onlySha1(hop, thrown);
  if (level === 'client-authentication' || message.includes('authentication failures')) {
    return notLetIn(hop, words, thrown);
  }
  if (message.includes('no matching host key format')) return typeNotPinned(hop, thrown);
  if (message.includes('no matching')) return onlyWeak(hop, message, thrown);
  if (level === 'agent') return agentFailed(message, thrown);
  const hungUp = message === HUNG_UP;
  if (hungUp && words.begun) return notLetIn(hop, words, thrown);
  if (hungUp) return unreachable(hop, '', words, thrown);
  const code = level === 'client-timeout' ? 'ETIMEDOUT' : errorField(thrown, 'code');
  return unreachable(hop, code, words, thrown);
}

function onlyWeak({ name }: Hop, message: string, cause: unknown): ShiplockError {
  return refused(
    `${name} offers only algorithms that are no longer safe: ${message}`,
    'Update its OpenSSH, or remove old Ciphers, MACs and KexAlgorithms from its sshd_config.',
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

type Reason = readonly [problem: string, hint: string];

const CODES: Readonly<Record<string, Reason>> = {
  ENOTFOUND: [
    'its name is not known',
    'Check the spelling, and the DNS of the machine this runs on.',
  ],
  EAI_AGAIN: [
    'its name could not be looked up',
    'The DNS did not answer, or knows no such name; run again.',
  ],
  [NAME_LATE]: [
    'its name was not looked up in time',
    'The DNS of the machine this runs on is too slow or unreachable; run again, or give the address.',
  ],
  ECONNREFUSED: ['nothing listens on that port', 'Check the port, and that sshd runs.'],
  EHOSTUNREACH: ['there is no way to it', 'Check the address, firewalls and VPN.'],
  ENETUNREACH: ['there is no way to its network', 'Check the address; IPv6 may be missing here.'],
  ETIMEDOUT: ['it does not answer', 'Check the address and firewalls: is this machine allowed in?'],
};

function unreachable(hop: Hop, code: string, words: ServerWords, cause: unknown): RemoteFailure {
  const known = CODES[code];
  if (known) return cannotConnect(hop, known, cause);
  const greeting = oneLine(words.greeting);
  const said = greeting === '' || greeting.startsWith('SSH-') ? '' : `, saying "${greeting}"`;
  return cannotConnect(
    hop,
    [
      `it broke the connection off (${messageOf(cause)})${said}`,
      'Is that an SSH port? A full sshd (MaxStartups), its penalties (PerSourcePenalties) and fail2ban do this too.',
    ],
    cause,
  );
}

/** What a jump host's sshd says about the connection it was asked for, in the words of the system's errors. */
const FORWARDED: readonly (readonly [said: RegExp, ...Reason])[] = [
  [
    /refused/i,
    'nothing listens on that port',
    'Check the port, and that sshd runs there and listens on that address.',
  ],
  [
    /timed out/i,
    'it does not answer',
    'Check the address, and that its firewall admits the jump host.',
  ],
  [
    /no route|unreachable/i,
    'there is no way to it',
    'Check the address, and the networks of the jump host.',
  ],
  [
    /not known|resolution|no address/i,
    'its name is not known there',
    'Write the name or address under which the jump host knows it.',
  ],
];

const ADMINISTRATIVELY_PROHIBITED = 1;

/** The jump host was reached, and did not bring us further. */
function notForwarded(thrown: unknown, hop: Hop): ShiplockError {
  const message = messageOf(thrown);
  const reason =
    typeof thrown === 'object' && thrown !== null && 'reason' in thrown ? thrown.reason : 0;
  const before = hop.before ?? '';
  const target = addressOf(hop.destination);
  if (reason === ADMINISTRATIVELY_PROHIBITED) {
    const user = before.slice(0, before.lastIndexOf('@'));
    return refused(
      `The jump host ${before} lets us in, but forwards no connection to ${target}`,
      `On it, \`sudo sshd -T -C user=${user} | grep -i -e forward -e permitopen\` must show allowtcpforwarding yes (or local), no disableforwarding, and permitopen any (or ${target}). In authorized_keys, "restrict" and "no-port-forwarding" forbid it: add "port-forwarding".`,
      thrown,
    );
  }
  const said = oneLine(message.replace(/^.*failure: /, ''));
  const [, problem, hint] = FORWARDED.find(([pattern]) => pattern.test(said)) ?? [
    '',
    `its sshd says "${said}"`,
    'Try it there: `ssh` from the jump host to that address.',
  ];
  return cannotConnect(hop, [problem, hint], thrown);
}

function cannotConnect(hop: Hop, [problem, hint]: Reason, cause: unknown): RemoteFailure {
  const message =
    hop.before === null
      ? `Cannot connect to ${hop.name}: ${problem}`
      : `${hop.before} was reached, but not ${addressOf(hop.destination)} from there: ${problem}`;
  return new RemoteFailure('unreachable', message, { hint, cause });
}

function refused(message: string, hint: string, cause: unknown): ShiplockError {
  return new ShiplockError(message, { hint, cause, fault: 'user', verdict: 'refused' });
}
