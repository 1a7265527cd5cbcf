import { ShiplockError, messageOf } from '../../errors';
import { oneLine } from '../one-line';
import type { Hop } from './ssh-hop';
import type { LoginNotes } from './ssh-login';

/** What a server said on the way to a login, for messages. */
export interface ServerWords extends LoginNotes {
  /** Before it named itself. */
  greeting: string;
  /** Before the login. */
  banner: string;
  /** The keys were exchanged, so the login had begun. */
  begun: boolean;
}

/** node-ssh's words for a connection that was closed without a word; nothing has timed out. */
export const HUNG_UP = 'No response from server';

/** It takes the RSA key, but knows no safe signature. */
export function onlySha1({ name, login }: Hop, cause: unknown): ShiplockError {
  return refused(
    `${name} accepts ${login.credential} only with SHA-1 signatures, which are not safe`,
    'Log in with an Ed25519 key, or update its OpenSSH (7.2 or newer), or remove PubkeyAcceptedAlgorithms from its sshd_config.',
    cause,
  );
}

/** The host was reached and proved itself, and the login failed. */
export function notLetIn(
  { name, login, destination }: Hop,
  words: ServerWords,
  cause: unknown,
): ShiplockError {
  const { user } = destination;
  const said = oneLine(words.banner);
  const [why, next] = reasonOf(words, user, messageOf(cause));
  const hint = why === '' && login.credential.includes('(ssh-rsa)') ? `${next} ${sha2Only}` : next;
  return refused(
    `User "${user}" is not let in by ${name} with ${login.credential}${why}${said === '' ? '' : `. The server says: "${said}"`}`,
    hint,
    cause,
  );
}

const sha2Only =
  'RSA keys sign with SHA-2 only: if its sshd_config has PubkeyAcceptedAlgorithms without rsa-sha2-256, log in with an Ed25519 key.';

function reasonOf(words: ServerWords, user: string, message: string): [why: string, hint: string] {
  if (message.includes('authentication failures')) {
    const hint = 'It counts every key as a try (MaxAuthTries): give the one right key in ssh-key.';
    return [': too many keys were offered', hint];
  }
  if (words.partial) {
    const hint = `Nobody can type a second factor here. For this user alone, let a key suffice: "Match User ${user}" and "AuthenticationMethods publickey" in sshd_config.`;
    return [`: the key is right, and it asks for ${list(words.methods)} besides`, hint];
  }
  if (message === HUNG_UP) {
    const hint = `Has the account expired, or is it locked (\`sudo chage -l ${user}\`)? Do AllowUsers, DenyUsers and /etc/nologin admit it? The server's log says more: \`journalctl -u ssh\`.`;
    return [': it hung up during the login', hint];
  }
  if (words.methods?.includes('publickey') === false) {
    const hint = 'Allow keys for this user in sshd_config: PubkeyAuthentication yes.';
    return [`: it takes no keys, only ${list(words.methods)}`, hint];
  }
  return [
    '',
    "Is the user right, and is the key's public half in its ~/.ssh/authorized_keys? Has the account expired, or is it locked? The server's log says more: `journalctl -u ssh`.",
  ];
}

const list = (methods: readonly string[] | null): string =>
  (methods ?? []).join(' or ') || 'nothing';

function refused(message: string, hint: string, cause: unknown): ShiplockError {
  return new ShiplockError(message, { hint, cause, fault: 'user', verdict: 'refused' });
}
