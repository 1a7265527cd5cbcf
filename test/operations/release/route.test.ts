import { describe, expect, test } from '@jest/globals';
import { confirmRoute } from '../../../src/operations/release/confirm-route';
import { endpointOf } from '../../../src/operations/release/reach-proxy';
import { startTranscript } from '../../../src/operations/release/transcript';
import { checkRoute } from '../../../src/operations/release/watch-route';
import type { World } from '../../../src/operations/release/world';
import type { ContainerDetails } from '../../../src/platform/docker-api/types';
import type { ProbeResult } from '../../../src/platform/http-probe';
import { planOf, worldBefore } from '../../support/scripted/release';
import { ScriptedWorld } from '../../support/scripted/world';

const plan = planOf();
const [check] = plan.verify;
if (check === undefined) throw new Error('the plan has no check');

const answer = (status: number, body: string): ProbeResult => ({
  kind: 'answer',
  status,
  body,
  headers: {},
  durationMs: 1,
});
const failure = (kind: 'refused' | 'reset' | 'timeout' | 'dns' | 'tls' | 'other'): ProbeResult => ({
  kind,
  message: kind,
  durationMs: 1,
});

/** The scripted server with answers of its proxy in their order; the last one stays. */
function stand(answers: readonly ProbeResult[]) {
  const scripted = new ScriptedWorld(worldBefore(plan));
  let asked = 0;
  const probe: World['probe'] = () => {
    asked += 1;
    return Promise.resolve(answers[Math.min(asked, answers.length) - 1] ?? failure('other'));
  };
  const world: World = { plan, ...scripted.process(), probe };
  return { scripted, world, asked: () => asked };
}

const green = answer(200, '{"slot":"green","release":"4-v4"}');
const blue = answer(200, '{"slot":"blue","release":"3-v3"}');
const expected = { slot: 'green', release: '4-v4' } as const;

describe('confirmRoute', () => {
  test.each([
    ['the old slot', [blue], 'the proxy sends requests to blue (3-v3)'],
    [
      'the right slot with another release',
      [answer(200, '{"slot":"green","release":"2-v2"}')],
      'the proxy sends requests to green (2-v2)',
    ],
    ['no answer', [failure('refused')], 'the proxy did not answer: refused'],
    [
      'a page of the app',
      [answer(404, 'not found')],
      'the proxy answered HTTP 404 on the token path',
    ],
    ['something that is no JSON', [answer(200, '<html>')], 'Unexpected token'],
    ['null', [answer(200, 'null')], 'null'],
    [
      'a slot that comes and goes',
      [green, green, blue, green, green, blue, green, blue],
      'the proxy sends requests to blue (3-v3)',
    ],
  ])('%s is no proof, and is told', async (_, answers, said) => {
    const { scripted, world } = stand(answers);
    expect(await scripted.clock.drive(confirmRoute(world, expected, 1000))).toContain(said);
    expect(scripted.clock.now() - scripted.state.nowMs).toBeLessThan(1200);
  });

  test('three answers in a row are', async () => {
    const { scripted, world, asked } = stand([blue, green, blue, green]);
    expect(await scripted.clock.drive(confirmRoute(world, expected, 1000))).toBeNull();
    expect(asked()).toBe(6);
  });

  test('a proxy that does not run says nothing', async () => {
    const { scripted, world } = stand([green]);
    scripted.state.containers = scripted.state.containers.filter(
      ({ name }) => name !== 'shop-nginx-1',
    );
    expect(await scripted.clock.drive(confirmRoute(world, expected, 300))).toBe(
      'the proxy service nginx does not run',
    );
  });
});

describe('endpointOf', () => {
  const details = async (
    ports: ContainerDetails['ports'],
    networkMode = 'shop',
  ): Promise<ContainerDetails> => {
    const { scripted, world } = stand([]);
    return {
      ...(await scripted.clock.drive(world.engine.inspectContainer('c8'))),
      ports,
      networkMode,
    };
  };
  const at = (hostPort: number) => [{ hostIp: '0.0.0.0', hostPort }];

  test.each([
    ['the port of the URL’s scheme', 'https://x/', { '80/tcp': at(80), '443/tcp': at(443) }, 443],
    [
      'the published port of the URL',
      'http://x:8080/',
      { '80/tcp': at(8080), '443/tcp': at(8443) },
      80,
    ],
    ['the only published port, behind whatever else', 'https://x/', { '8000/tcp': at(9000) }, 8000],
    [
      'no UDP, and nothing that is not published',
      'http://x/',
      { '53/udp': at(80), '9/tcp': [], '81/tcp': at(8081) },
      81,
    ],
    ['the port of the URL, where nothing is published', 'http://x:8080/', {}, 8080],
    [
      'the port of the URL, where several others are',
      'http://x/',
      { '1/tcp': at(1), '2/tcp': at(2) },
      80,
    ],
  ])('%s', async (_, url, ports, port) => {
    const found = await details(ports);
    expect(endpointOf(found, url)).toEqual({
      host: Object.values(found.networks)[0]?.ipAddress,
      port,
    });
  });

  test('a proxy on the host’s network is asked there', async () => {
    expect(endpointOf(await details({}, 'host'), 'http://x/')).toEqual({
      host: '127.0.0.1',
      port: 80,
    });
  });
});

describe('checkRoute', () => {
  test.each([
    ['an answer as expected', answer(200, '{"status":"healthy"}'), 'pass'],
    ['another status', answer(502, ''), 'fail'],
    ['another body', answer(200, '{"status":"starting"}'), 'fail'],
    ['an answer that never came', failure('timeout'), 'fail'],
    ['a connection that broke', failure('reset'), 'fail'],
    ['a proxy that takes no connection', failure('refused'), 'inconclusive'],
    ['a name that is not found', failure('dns'), 'inconclusive'],
    ['a handshake that failed', failure('tls'), 'inconclusive'],
  ])('%s', async (_, result, verdict) => {
    const { scripted, world } = stand([result]);
    const transcript = startTranscript();
    const seen = await scripted.clock.drive(checkRoute(world, check, transcript));
    expect(seen.verdict).toBe(verdict);
    expect(transcript.lines).toEqual([
      { atMs: scripted.clock.now(), target: check.url, ok: verdict === 'pass', said: seen.said },
    ]);
  });

  test('an engine that does not answer says nothing about the release', async () => {
    const { scripted, world } = stand([answer(200, '')]);
    scripted.onCall = ({ what }) => {
      if (what.startsWith('list containers')) throw new Error('no engine');
    };
    const seen = await scripted.clock.drive(checkRoute(world, check, startTranscript()));
    expect(seen.verdict).toBe('inconclusive');
  });
});
