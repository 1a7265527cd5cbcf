import { describe, expect, test } from '@jest/globals';
import { evaluateScript } from '../../../src/commands/evaluate';
import { lookScript } from '../../../src/commands/look';
import { prepareExit, prepareScript } from '../../../src/commands/prepare';
import { ShiplockError } from '../../../src/errors';
import { evaluateCompose } from '../../../src/operations/release/evaluate-compose';
import { lookAtHost } from '../../../src/operations/release/look-at-host';
import { prepareHost } from '../../../src/operations/release/prepare-host';
import { recordingHost, type RecordingHost } from '../../support/recording-host';
import { packJson } from '../../support/scripted/host';

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
  const file = (path: string) => ({ path, content: '' });
  const request = {
    app: 'shop',
    environment: 'production',
    docker: ['docker'],
    source: {
      names: ['deploy/a.yml', 'sub/b.yml'],
      files: ['deploy/a.yml', 'sub/b.yml', 'deploy/infra/db.yml'].map(file),
      variables: ['DB_PASSWORD'],
    },
    directory: '/srv/shop',
    project: undefined,
    configDir: '/srv/shop/nginx',
    include: 'shop-production.conf',
    nonce: 'n0nce',
  };
  const work = '/tmp/shiplock-n0nce';
  const textOf = (call?: RecordingHost['calls'][number]): string =>
    (call?.options?.stdin as Buffer).toString();

  test('the files lie where plain Compose would find them: the first one stands in the project directory', async () => {
    const host = recordingHost({ stdout: 'directory\teWVz\ndocument\te30=\n' });
    await evaluateCompose(host, packJson, request);
    const [call] = host.calls;
    expect(call?.argv.slice(3)).toEqual([
      ...['sh', work, '/srv/shop', '/srv/shop/nginx', 'shop-production.conf'],
      "'docker' 'compose' 'version' '--short'",
      ...['docker', 'compose', '--profile', '*', '--project-directory', `${work}/host/srv/shop`],
      ...['-f', `${work}/host/srv/shop/a.yml`, '-f', `${work}/host/srv/sub/b.yml`],
      ...['-f', `${work}/asked.yml`, 'config', '--format', 'json'],
    ]);
    expect(call?.argv[2]).toBe(evaluateScript);
    expect(JSON.parse(textOf(call))).toEqual({
      'host/srv/shop/a.yml': '',
      'host/srv/sub/b.yml': '',
      'host/srv/shop/infra/db.yml': '',
      'asked.yml': JSON.stringify({
        'x-shiplock': {
          profiles: '${COMPOSE_PROFILES-}',
          values: { DB_PASSWORD: '${DB_PASSWORD-}' },
        },
      }),
    });
  });

  test('paths come back as they are on the host', async () => {
    const section = (name: string, text: string): string => `${name}\t${btoa(text)}\n`;
    const stdout = [
      section('directory', 'yes'),
      section('document', `{"file":"${work}/host/srv/shop/token"}`),
      section('said', `${work}/host/srv/shop/.env: line 2`),
      section('version', '2.26.1-4\n'),
    ].join('');
    expect(await evaluateCompose(recordingHost({ stdout }), packJson, request)).toMatchObject({
      document: '{"file":"/srv/shop/token"}',
      said: '/srv/shop/.env: line 2',
      composeVersion: '2.26.1-4',
    });
  });

  test('a shell that could not run it brings nothing', async () => {
    expect(await evaluateCompose(recordingHost({ code: 1 }), packJson, request)).toBeNull();
  });

  test('without files of a checkout it is the document of the last release', async () => {
    const host = recordingHost({ stdout: '' });
    await evaluateCompose(host, packJson, { ...request, source: null });
    expect(host.calls[0]?.argv.slice(-2)).toEqual(['shop', 'production']);
    expect(textOf(host.calls[0])).toBe('{}');
  });
});
