import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, jest, test } from '@jest/globals';
import { makeImage } from '../support/oci-image';
import { captainsBasic, closeRegistries, startRegistry } from '../support/registry-client';
import { runAction } from '../support/runner/runner';

// Each run is a process of its own.
jest.setTimeout(60_000);

const workspace = mkdtempSync(join(tmpdir(), 'shiplock-promote-'));
afterAll(() => {
  rmSync(workspace, { recursive: true });
});
afterEach(closeRegistries);

/** The payload knows the repository, so that nobody has to be asked. */
const repository = {
  name: 'octo-repo',
  html_url: 'https://github.com/octo-org/octo-repo',
  default_branch: 'main',
};
const password = 'canary-p4ssw0rd';
const run = (inputs: Readonly<Record<string, string>>) =>
  runAction({
    action: 'actions/image-tags',
    workspace,
    inputs: { tags: 'type=semver,pattern={{version}}', 'moving-tags': 'always', ...inputs },
    event: { name: 'push', payload: { repository } },
    env: { GITHUB_API_URL: 'http://127.0.0.1:9' },
    secrets: [password, captainsBasic.slice(6)],
  }).done;

const login = { 'registry-username': 'captain', 'registry-password': password };
const image = makeImage();

describe('the built action', () => {
  test('promotes with a login that goes to its registry alone', async () => {
    const elsewhere = await startRegistry();
    const registry = await startRegistry({
      on: ({ authorization }) =>
        authorization === captainsBasic
          ? undefined
          : { status: 401, headers: { 'www-authenticate': 'Basic realm="app"' } },
    });
    elsewhere.hold('octo/app', image);
    const promote = `${elsewhere.name}/octo/app@${image.digest}`;
    const { outputs, conclusion } = await run({
      promote,
      images: `${registry.name}/live/app`,
      ...login,
    });
    expect(conclusion).toBe('success');
    expect(outputs['digest']).toBe(image.digest);
    expect(registry.digestOf('live/app:1.2.3')).toBe(image.digest);
    expect(elsewhere.requests.map(({ authorization }) => authorization)).not.toContain(
      captainsBasic,
    );
  });

  test('shows no password that a registry sends back, and tells a web page from a manifest', async () => {
    const registry = await startRegistry({
      on: ({ authorization }) =>
        authorization === null
          ? { status: 401, headers: { 'www-authenticate': 'Basic realm="app"' } }
          : { status: 403, body: `no: ${authorization}, ${password}` },
    });
    const refused = await run({ promote: `${registry.name}/octo/app:1`, ...login });
    expect(refused.log).toContain('HTTP 403, no: Basic ***');
    expect(refused.exitCode).toBe(1);
    const page = await startRegistry({
      on: () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }),
    });
    expect((await run({ promote: `${page.name}/octo/app:1` })).log).toContain(
      'a web page came instead',
    );
  });

  test('tells inputs that do not go together, all at once', async () => {
    const { log, exitCode } = await run({
      'max-image-size': '500MB',
      'registry-username': 'captain',
      immutable: 'true',
    });
    expect(exitCode).toBe(3);
    expect(log).toContain('max-image-size: is given, but promote is not');
    expect(log).toContain('registry-username: and registry-password belong together');
    expect(log).toContain('immutable: is true, but no image is named');
    const wrong = await run({ promote: 'Not An Image', 'max-image-size': '500MiB', images: 'x' });
    expect(wrong.log).toContain('promote: "Not An Image" is no image reference');
    expect(wrong.log).toContain(
      'max-image-size: "500MiB" is no size. Write a size in decimal units',
    );
    const tagged = await run({ images: '127.0.0.1:9/octo/app:1', immutable: 'true' });
    expect(tagged.log).toContain('"127.0.0.1:9/octo/app:1" is no repository');
  });
});
