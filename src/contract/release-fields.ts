import { z } from 'zod';
import type { Rule } from './define-action';
import { assignments, choice, duration, flag, lines, secret, text } from './input-fields';
import { choiceOutput, jsonOutput, secondsOutput, textOutput } from './output-fields';

/** Which servers, and how to reach them. */
export const hostInputs = {
  config: text('Path of the configuration file in the repository.', { default: 'shiplock.yml' }),
  environment: text('Name of the environment in the configuration file.', {
    fallback: 'the only environment of the file; required when it has several',
  }),
  hosts: lines('Servers, one `user@host` or `user@host:port` per line.', {
    fallback: '`hosts` of the environment',
    format: 'Write one user@host or user@host:port per line.',
  }),
  'proxy-jump': text(
    'Jump host on the way to the servers, `user@host[:port]`; several with commas between; `none` goes straight.',
    { fallback: '`proxy-jump` of the environment' },
  ),
  'ssh-key': secret(
    'Private SSH key, the whole file, in the format of OpenSSH or PEM; for the jump host too.',
    { fallback: 'the SSH agent of the job' },
  ),
  'ssh-key-passphrase': secret('Passphrase of the private SSH key.', { fallback: 'none' }),
  'proxy-jump-key': secret('Private SSH key for the jump host, where it differs.', {
    fallback: '`ssh-key`',
  }),
  'proxy-jump-key-passphrase': secret('Passphrase of the private SSH key for the jump host.', {
    fallback: 'none',
  }),
  'known-hosts': lines(
    'Host keys that are trusted, one per line: lines of a known_hosts file, or fingerprints as `host SHA256:…`; those of jump hosts too.',
    {
      fallback: 'refused: an unknown server is never trusted',
      format: 'Write known_hosts lines or fingerprints like SHA256:…, one per line.',
    },
  ),
  docker: text('The Docker command on the servers, for users who may use Docker by sudo only.', {
    default: 'docker',
    pattern: {
      regex: /^[\w./=:@-]+( [\w./=:@-]+)*$/,
      format: 'Write docker, or sudo -n docker.',
    },
  }),
};

/** What the new containers get, and from where. */
export const imageInputs = {
  env: assignments(
    'Environment of the released services, one `NAME=value` per line; every value is treated as a secret.',
  ),
  'registry-username': text('User name at the registry that the servers pull from.', {
    fallback: 'the `docker login` of the user on the server, if there is one',
  }),
  'registry-password': secret('Password or token for the registry; it is kept nowhere.', {
    fallback: 'the `docker login` of the user on the server, if there is one',
  }),
  'keeper-image': text(
    'Node image in which the half of the release on the server runs, for mirrors.',
    { fallback: 'a pinned Node image' },
  ),
};

/** How long the old containers stay, and whether anything is changed at all. */
export const switchInputs = {
  bake: duration(
    'How long the old containers stay up and warm after the switch; a failing check in that time sends traffic back.',
    { fallback: '`bake` of the configuration' },
  ),
  drain: duration('How long the old containers may finish requests that they already have.', {
    fallback: '`drain` of the configuration, else `30s`',
  }),
  'keep-old': choice(
    ['stopped', 'running'],
    'Whether the old containers are kept stopped, or running for a rollback within a second.',
    { fallback: '`keep-old` of the configuration, else `stopped`' },
  ),
  'dry-run': flag('Print what would be done on each server and change nothing.'),
};

/** What a release and a rollback report; both report the same. */
export const releaseOutputs = {
  verdict: choiceOutput(
    ['deployed', 'rolled-back', 'failed', 'unproven', 'refused'],
    'How it ended: deployed; rolled-back (the old version serves again, proven); failed (the old version never stopped serving); unproven (look at the servers); refused (nothing was touched).',
  ),
  release: textOutput('The release that this run was about, as `<sequence>-<version>`.'),
  previous: textOutput('The release that was live before; empty when there was none.'),
  slot: textOutput('The slot that serves now: `blue`, `green`, or `adopted`.'),
  digests: jsonOutput(
    z.record(z.string(), z.string()),
    'Image digest of each released service, as JSON: `{"service":"repo@sha256:…"}`.',
  ),
  duration: secondsOutput('Wall time of the whole run in seconds.'),
};

/** Keys and their passphrases. */
export const sshRules: readonly Rule<typeof hostInputs>[] = [
  {
    inputs: ['ssh-key-passphrase', 'ssh-key'],
    holds: (inputs) =>
      inputs['ssh-key-passphrase'] === undefined || inputs['ssh-key'] !== undefined,
    problem: 'is given, but ssh-key is not',
    fix: 'Give the private key in ssh-key, or leave the passphrase out.',
  },
  {
    inputs: ['proxy-jump-key-passphrase', 'proxy-jump-key'],
    holds: (inputs) =>
      inputs['proxy-jump-key-passphrase'] === undefined || inputs['proxy-jump-key'] !== undefined,
    problem: 'is given, but proxy-jump-key is not',
    fix: 'Give the private key in proxy-jump-key, or leave the passphrase out.',
  },
];

/** Inputs that make sense only together; deploy and rollback have them. */
export const accessRules: readonly Rule<typeof hostInputs & typeof imageInputs>[] = [
  ...sshRules,
  {
    inputs: ['registry-username', 'registry-password'],
    holds: (inputs) =>
      (inputs['registry-username'] === undefined) === (inputs['registry-password'] === undefined),
    problem: 'and registry-password belong together, but only one of them is given',
    fix: 'Give both, or neither: then the docker login of the user on the server counts.',
  },
];
