import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { script } from '../../../src/commands/shell';
import { connectSsh } from '../../../src/platform/ssh/ssh-host';
import { refusedConnection } from '../../support/refused-connection';
import { startSshStand } from '../../support/ssh-stand';
import type { SshStand } from '../../support/ssh-stand';

let stand: SshStand;
beforeAll(async () => {
  stand = await startSshStand();
});
afterAll(() => stand.stop());

const words = [
  ...['', '-n', '$(id)', '`id`', "it's", "''", 'a\nb', '\n', '\\', '\\\\', "\\'", '\\n', '!', '!!'],
  ...['!$', '*', '?', '~', '"', '#', '%', '%s', '{a,b}', '(', ';', '&', '|', '\t', '\r', 'ü€😀'],
  ...['a\\\nb', "\\'\n!'", '$HOME', '-c', '\\0041', '\\x41'],
];

describe.each(['dash', 'fish', 'zsh', 'csh'])('where %s is the login shell', (user) => {
  test('words, scripts, stdin, exit codes and streams arrive unchanged', async () => {
    const host = await connectSsh(stand.optionsFor(user));
    expect((await host.exec(['sh', '-c', 'echo "$SHELL"'])).stdout).toMatch(
      /\/(ba|da|fi|z|tc)sh\n/,
    );
    const echoed = await host.exec(['printf', '%s\\0', ...words]);
    expect(echoed.stdout.split('\0').slice(0, -1)).toEqual(words);
    const text = 'if [ "$1" = x ]; then\n  cat; printf \'\\n%s!\\n\' "$2"\n  exit 7\nfi';
    const ran = await host.exec(script(text, ['x', "it's\ntwo lines"]), { stdin: 'in\\!\n' });
    expect(ran).toEqual({ code: 7, stdout: "in\\!\n\nit's\ntwo lines!\n", stderr: '' });
    const stream = await host.openStream(['cat']);
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 256));
    stream.end(bytes);
    const chunks: Buffer[] = [];
    for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
    await host.close();
  });
});

describe('an account that cannot run commands is refused before anything is done:', () => {
  test.each<[string, string, RegExp, RegExp]>([
    [
      'its start file prints on stdout',
      'noisy',
      /login shell on noisy@127.* prints on its own: "Welcome, noisy! Disk usage: 42 %"/,
      /\.bashrc: case \$- in/,
    ],
    [
      'a forced command runs instead',
      'forced',
      /does not run our commands: it says "Only backups here" and ends with code 0/,
      /ForceCommand/,
    ],
    [
      'its password has expired',
      'expired',
      /does not run our commands: it says ".*[Pp]assword.*" and ends with code 1/,
      /chage -M -1/,
    ],
    [
      'it has no login shell',
      'nologin',
      /not run our commands: it says ".*not available/,
      /chsh -s/,
    ],
    [
      'the account has expired',
      'gone',
      /User "gone" is not let in by gone@127.* with the key SHA256:.*: it hung up during the login/,
      /account expired.*chage -l gone/,
    ],
    [
      'it wants a second factor',
      'factor',
      /User "factor" is not let in .*: the key is right, and it asks for password besides/,
      /"Match User factor" and "AuthenticationMethods publickey"/,
    ],
  ])('%s', async (_name, user, problem, hint) => {
    const error = await refusedConnection(stand.optionsFor(user));
    expect(error.message).toMatch(problem);
    expect(error.hint).toMatch(hint);
    expect(error).toMatchObject({ fault: 'user', verdict: 'refused' });
  });

  test('what the server says before the login is told when it lets nobody in', async () => {
    const error = await refusedConnection(stand.optionsFor('nobody-here'));
    expect(error.message).toContain(
      'The server says: "*** Unauthorised access is prohibited. SSH-2.0',
    );
  });
});

test.each([
  ['one', 1],
  ['two', 2],
])('MaxSessions of %s is made up for by more connections, up to ten', async (user, sessions) => {
  const host = await connectSsh(stand.optionsFor(user));
  for (let count = 0; count < 3; count += 1) expect((await host.exec(['true'])).code).toBe(0);
  const room = 10 * sessions;
  const streams = await Promise.all(
    Array.from({ length: room - 1 }, () => host.openStream(['cat'])),
  );
  expect((await host.exec(['echo', 'in'])).stdout).toBe('in\n');
  streams.push(await host.openStream(['cat']));
  await expect(host.exec(['true'])).rejects.toMatchObject({
    outcome: 'none',
    // A server that has yet to end a session counts it: then one fewer is seen.
    message: expect.stringMatching(new RegExp(`only [1${sessions}] sessions at a time`)),
    hint: expect.stringContaining('MaxSessions 10'),
  });
  for (const stream of streams) stream.destroy();
  await host.close();
});
