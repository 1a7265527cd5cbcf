import { describe, expect, test } from '@jest/globals';
import { evaluateScript } from '../../src/commands/evaluate';
import { lookScript } from '../../src/commands/look';
import { prepareExit, prepareScript } from '../../src/commands/prepare';
import { ShiplockError } from '../../src/errors';
import { evaluateCompose } from '../../src/operations/evaluate-compose';
import { lookAtHost } from '../../src/operations/look-at-host';
import { prepareHost } from '../../src/operations/prepare-host';
import { recordingHost } from '../support/recording-host';
import { packJson } from '../support/scripted-host';

const preparation = {
  base: '/var/lib/shiplock/shop/production',
  deploy: 'd4',
  release: '4-v4',
  keeperHash: 'k1',
  configDir: '/srv/shop/nginx',
  include: 'shop-production.conf',
  files: [{ path: 'lease.next', content: '{"secret":"hunter2"}' }],
};

async function thrownBy(work: Promise<unknown>): Promise<ShiplockError> {
  const thrown = await work.catch((one: unknown) => one);
  if (thrown instanceof ShiplockError) return thrown;
  throw new Error(`not thrown but: ${String(thrown)}`);
}

describe('prepareHost', () => {
  test.each([
    ['the lock is not free', prepareExit.busy],
    ['the lease has moved', prepareExit.leaseMoved],
  ])('%s: somebody else was faster, and nothing was touched', async (_, code) => {
    const thrown = await thrownBy(prepareHost(recordingHost({ code }), packJson, preparation));
    expect(thrown).toMatchObject({ verdict: 'refused', fault: 'user', exitCode: 3 });
    expect(thrown.message).toContain('another deploy took the lease');
  });

  test('any other failure may have touched something, and is told in the host’s words', async () => {
    const host = recordingHost({ code: 1, stderr: 'mv: No space left on device\n' });
    const thrown = await thrownBy(prepareHost(host, packJson, preparation));
    expect(thrown).toMatchObject({
      verdict: 'failed',
      fault: 'remote',
      hint: 'mv: No space left on device',
    });
  });

  test.each([
    ['', false],
    ['include-changed\n', true],
  ])('reads %j', async (stdout, includeChanged) => {
    expect(await prepareHost(recordingHost({ stdout }), packJson, preparation)).toEqual({
      includeChanged,
    });
  });

  test('what is uploaded goes by stdin, and is in no argument', async () => {
    const host = recordingHost();
    await prepareHost(host, packJson, preparation);
    const [call] = host.calls;
    expect(call?.argv).toEqual([
      'sh',
      '-c',
      prepareScript,
      'sh',
      preparation.base,
      'd4',
      '4-v4',
      'k1',
      '/srv/shop/nginx',
      'shop-production.conf',
    ]);
    expect(JSON.stringify(call?.argv)).not.toContain('hunter2');
    expect(call?.options?.stdin).toEqual(await packJson(preparation.files));
    expect(host.calls).toHaveLength(1);
  });
});

describe('lookAtHost', () => {
  test('a login shell that cannot run it is named as the likely cause', async () => {
    const thrown = await thrownBy(
      lookAtHost(recordingHost({ code: 127 }), 'shop', 'production', ['docker']),
    );
    expect(thrown).toMatchObject({
      fault: 'remote',
      hint: 'The login shell of this user must run POSIX sh.',
    });
  });

  test('is one exchange, with the docker command at its end', async () => {
    const host = recordingHost();
    await lookAtHost(host, 'shop', 'production', ['sudo', '-n', 'docker']);
    expect(host.calls.map(({ argv }) => argv)).toEqual([
      ['sh', '-c', lookScript, 'sh', 'shop', 'production', 'sudo', '-n', 'docker'],
    ]);
  });
});

describe('evaluateCompose', () => {
  const request = {
    app: 'shop',
    environment: 'production',
    docker: ['docker'],
    files: [
      { path: 'a.yml', content: '' },
      { path: 'sub/b.yml', content: '' },
    ],
    directory: '/srv/shop',
    project: undefined,
    configDir: '/srv/shop/nginx',
    include: 'shop-production.conf',
    nonce: 'n0nce',
  };

  test('the files are named where they are unpacked, in their order', async () => {
    const host = recordingHost({ stdout: 'directory\teWVz\ndocument\te30=\n' });
    const evaluation = await evaluateCompose(host, packJson, request);
    expect(evaluation).toMatchObject({ document: '{}', composeVersion: null });
    const work = '/tmp/shiplock-n0nce';
    expect(host.calls[0]?.argv).toEqual([
      'sh',
      '-c',
      evaluateScript,
      'sh',
      work,
      '/srv/shop',
      '/srv/shop/nginx',
      'shop-production.conf',
      'docker',
      'compose',
      '--project-directory',
      '/srv/shop',
      '-f',
      `${work}/a.yml`,
      '-f',
      `${work}/sub/b.yml`,
      'config',
      '--format',
      'json',
    ]);
  });

  test('a shell that could not run it brings nothing', async () => {
    expect(await evaluateCompose(recordingHost({ code: 1 }), packJson, request)).toBeNull();
  });

  test('what Compose refuses asks for its version, to tell an old one', async () => {
    const host = recordingHost({ stdout: 'directory\teWVz\n' });
    await evaluateCompose(host, packJson, request);
    expect(host.calls[1]?.argv).toEqual(['docker', 'compose', 'version', '--short']);
  });
});
