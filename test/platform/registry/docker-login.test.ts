import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { localHost } from '../../../src/platform/local-host';
import { dockerCredentials, type DockerHome } from '../../../src/platform/registry/docker-login';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shiplock-docker-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const credentials = (registry: string) => {
  const exec: DockerHome['host']['exec'] = ([program = '', ...words], options) =>
    localHost().exec([join(folder, program), ...words], options);
  return dockerCredentials(registry, { folder, host: { exec } });
};

const configure = (config: object | string): void => {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  writeFileSync(join(folder, 'config.json'), text);
};

/** A credential helper as docker knows them, with this shell text as its work. */
const help = (script: string): void => {
  const path = join(folder, 'docker-credential-test');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
};

describe("docker's own login", () => {
  test('is none without a configuration', async () => {
    expect(await credentials('ghcr.io')).toBeNull();
    configure({});
    expect(await credentials('ghcr.io')).toBeNull();
  });

  test('is in the file', async () => {
    configure({ auths: { 'ghcr.io': { auth: Buffer.from('octo:secret').toString('base64') } } });
    const login = { kind: 'password', username: 'octo', password: 'secret' };
    expect(await credentials('ghcr.io')).toEqual(login);
    expect(await credentials('docker.io')).toBeNull();
  });

  test('is given by a helper, which is told the registry by stdin', async () => {
    configure({ credHelpers: { 'ghcr.io': 'test' } });
    help(
      '[ "$1" = get ] && read -r server; echo "{\\"Username\\":\\"octo\\",\\"Secret\\":\\"for $server\\"}"',
    );
    const login = { kind: 'password', username: 'octo', password: 'for ghcr.io' };
    expect(await credentials('ghcr.io')).toEqual(login);
  });

  test('is none when the helper knows none', async () => {
    configure({ credsStore: 'test' });
    help('echo "credentials not found in native keychain"; exit 1');
    expect(await credentials('ghcr.io')).toBeNull();
  });

  test('that cannot be had is an error which shows no secret', async () => {
    configure({ credsStore: 'test' });
    await expect(credentials('ghcr.io')).rejects.toThrow(/docker-credential-test/);
    help('echo "the vault is locked: s3cret"; exit 2');
    const refused = credentials('ghcr.io');
    await expect(refused).rejects.toThrow(
      'docker-credential-test gave no login for ghcr.io: exit code 2',
    );
    await expect(refused).rejects.not.toThrow('s3cret');
    configure('no json');
    await expect(credentials('ghcr.io')).rejects.toThrow('it is no docker configuration');
  });
});
