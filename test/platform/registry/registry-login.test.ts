import { afterEach, describe, expect, test } from '@jest/globals';
import { makeImage } from '../../support/oci-image';
import {
  captain,
  captainsBasic,
  closeRegistries,
  repositoryOf,
  said,
  startRegistry,
} from '../../support/registry-client';
import type {
  RegistryReply,
  RegistryRequest,
  Script,
  ScriptedRegistry,
} from '../../support/scripted/registry';

afterEach(closeRegistries);

const image = makeImage();

/** A registry that wants a token of its own server at /token; `token` says what that gives. */
function locked(token: (request: RegistryRequest) => RegistryReply): Script {
  return {
    on: (request) => {
      const { path, authorization } = request;
      if (path.startsWith('/token')) return token(request);
      if (authorization === 'Bearer good-token-of-the-registry') return undefined;
      const realm = `Bearer realm="http://REGISTRY/token?account=x",service="app.test",scope="ignored"`;
      return { status: 401, headers: { 'www-authenticate': realm } };
    },
  };
}

/** The challenge must name the port, which is known only once it listens. */
async function startLocked(token: (request: RegistryRequest) => RegistryReply) {
  const script = locked(token);
  const registry: ScriptedRegistry = await startRegistry({
    on: (request) => {
      const reply = script.on?.(request);
      if (reply === undefined || reply === 'drop') return reply;
      const headers = Object.entries(reply.headers ?? {});
      const named = headers.map(([name, text]) => [name, text.replace('REGISTRY', registry.name)]);
      return { ...reply, headers: Object.fromEntries(named) as Record<string, string> };
    },
  });
  registry.hold('octo/app', image, '1');
  return registry;
}

const good = { status: 200, body: '{"token":"good-token-of-the-registry"}' };

describe('a login', () => {
  test('by token is asked for once a scope, with user and password at the token server alone', async () => {
    const registry = await startLocked(() => good);
    const { app } = repositoryOf(registry, captain);
    await app.manifest('1');
    await app.manifest(image.digest);
    await app.put('2', image);
    const tokens = registry.requests.filter(({ path }) => path.startsWith('/token'));
    expect(tokens.map(({ authorization }) => authorization)).toEqual([
      captainsBasic,
      captainsBasic,
    ]);
    expect(
      tokens.map(({ path }) => new URL(path, registry.url).searchParams.getAll('scope')),
    ).toEqual([['repository:octo/app:pull'], ['repository:octo/app:pull,push']]);
    expect(tokens[0]?.path).toContain('account=x&service=app.test');
    const others = registry.requests.filter(({ path }) => !path.startsWith('/token'));
    expect(others.map(({ authorization }) => authorization)).not.toContain(captainsBasic);
  });

  test('by a token that has expired is renewed', async () => {
    let valid = 'first-token-of-the-registry';
    const registry: ScriptedRegistry = await startRegistry({
      on: ({ path, authorization }) => {
        if (path.startsWith('/token'))
          return { status: 200, body: JSON.stringify({ access_token: valid }) };
        if (authorization === `Bearer ${valid}`) return undefined;
        return {
          status: 401,
          headers: { 'www-authenticate': `Bearer realm="${registry.url}/token"` },
        };
      },
    });
    registry.hold('octo/app', image, '1');
    const { app } = repositoryOf(registry);
    await app.manifest('1');
    valid = 'second-token-of-the-registry';
    expect((await app.manifest('1'))?.digest).toBe(image.digest);
  });

  test('by identity token changes it for one at the token server', async () => {
    const registry = await startLocked(() => good);
    await repositoryOf(registry, { kind: 'identity', token: 'refresh-me-please' }).app.manifest(
      '1',
    );
    const asked = registry.requests.find(({ path }) => path.startsWith('/token'));
    expect(asked).toMatchObject({ method: 'POST', authorization: null });
    expect(Object.fromEntries(new URLSearchParams(asked?.body.toString()))).toEqual({
      client_id: 'shiplock',
      grant_type: 'refresh_token',
      refresh_token: 'refresh-me-please',
      scope: 'repository:octo/app:pull',
      service: 'app.test',
    });
  });

  test('that is never enough ends after one more try, with what to do', async () => {
    const registry = await startLocked(() => ({
      status: 200,
      body: '{"token":"not-good-enough"}',
    }));
    const { app } = repositoryOf(registry, captain);
    const words = await said(app.manifest('1'));
    expect(words).toContain('HTTP 401');
    expect(words).toContain('Check registry-username and registry-password');
    expect(registry.requests).toHaveLength(3);
    expect(await said(repositoryOf(registry).app.manifest('1'))).toContain(
      'or log in before this step',
    );
  });

  test.each<[string, RegistryReply, string]>([
    [
      'refuses',
      { status: 401, body: '{"message":"bad credentials"}' },
      'HTTP 401, bad credentials',
    ],
    ['answers with a web page', { status: 200, body: '<html>' }, 'its answer has none'],
    [
      'sends us on',
      { status: 302, headers: { location: 'https://login.example/' } },
      'no whole answer',
    ],
  ])('at a token server that %s is told', async (_what, reply, words) => {
    const registry = await startLocked(({ path }) => (path.startsWith('/token') ? reply : good));
    expect(await said(repositoryOf(registry, captain).app.manifest('1'))).toContain(words);
  });

  test('at a place without an address is refused', async () => {
    const registry = await startRegistry({
      on: () => ({
        status: 401,
        headers: { 'www-authenticate': 'Bearer realm="ftp://tokens.test/"' },
      }),
    });
    expect(await said(repositoryOf(registry, captain).app.manifest('1'))).toContain(
      'no address with HTTPS',
    );
  });

  test('that the registry sends back is not shown', async () => {
    const registry = await startRegistry({
      on: ({ authorization }) =>
        authorization === null
          ? { status: 401, headers: { 'www-authenticate': 'Basic realm="app"' } }
          : { status: 403, body: `no, ${authorization} canary-p4ssw0rd` },
    });
    const words = await said(repositoryOf(registry, captain).app.manifest('1'));
    expect(words).toContain('HTTP 403, no, ');
    expect(words).not.toContain('canary');
    expect(words).not.toContain(captainsBasic.slice(6));
  });
});
