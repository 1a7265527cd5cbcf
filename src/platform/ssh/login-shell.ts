import { randomUUID } from 'node:crypto';
import { RemoteFailure, ShiplockError } from '../../errors';
import type { ExecResult, Host } from '../host';
import { oneLine } from '../one-line';

const patienceMs = 20_000;

/** Everything that follows is read from stdout, so the login shell must run what it is told and print nothing of its own. */
export async function checkLoginShell(host: Host): Promise<void> {
  const word = `shiplock-${randomUUID()}`;
  const result = await host
    .exec(['printf', '%s', word], { timeoutMs: patienceMs, maxOutputBytes: 100_000 })
    .catch((thrown: unknown) => {
      throw notRun(host, thrown);
    });
  if (result.stdout === word) return;
  const at = result.stdout.indexOf(word);
  throw at < 0 ? otherCommand(host, result) : noisy(host, result.stdout.replace(word, ' '));
}

function noisy(host: Host, noise: string): ShiplockError {
  return refused(
    `The login shell on ${host.name} prints on its own: "${oneLine(noise)}"`,
    [
      'Whatever a start file (~/.bashrc, /etc/profile.d, ~/.config/fish/config.fish, ~/.zshenv, ~/.cshrc) prints gets mixed into the output of every command.',
      'Print it in interactive shells only, for example in ~/.bashrc: case $- in *i*) … ;; esac',
    ].join('\n'),
  );
}

const hints: readonly (readonly [said: RegExp, hint: string])[] = [
  [
    /password.*(expired|change)/i,
    'The password of this user has expired, and sshd runs nothing before it is changed: `sudo chage -M -1 -d "$(date +%F)" USER` on the server.',
  ],
  [
    /not available|nologin|no shell|interactive/i,
    'Give the user a login shell that runs commands: `sudo chsh -s /bin/sh USER` on the server.',
  ],
];

const generalHint =
  'Does ForceCommand in sshd_config, or command="…" in authorized_keys, run something else? Is the user\'s login shell one that runs commands (getent passwd USER)?';

function otherCommand(host: Host, { code, stdout, stderr }: ExecResult): ShiplockError {
  const said = oneLine(`${stdout} ${stderr}`);
  const answer = said === '' ? 'says nothing' : `says "${said}"`;
  const hint = hints.find(([pattern]) => pattern.test(said))?.[1] ?? generalHint;
  return refused(
    `${host.name} lets us in, but does not run our commands: it ${answer} and ends with code ${code}`,
    hint,
  );
}

function notRun(host: Host, thrown: unknown): unknown {
  if (!(thrown instanceof RemoteFailure)) return thrown;
  if (thrown.reason === 'deadline') {
    return refused(
      `The login shell on ${host.name} has run nothing within ${patienceMs / 1000} s`,
      'Does a start file wait for an answer, ask a menu, or start something that hangs? Try: ssh -T … true',
      thrown,
    );
  }
  if (thrown.reason !== 'too-much-output') return thrown;
  const without = `The login shell on ${host.name} prints without end`;
  return refused(without, generalHint, thrown);
}

function refused(message: string, hint: string, cause?: unknown): ShiplockError {
  return new ShiplockError(message, { hint, cause, fault: 'user', verdict: 'refused' });
}
