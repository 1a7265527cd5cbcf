import { describe, expect, test } from '@jest/globals';
import { askReplica } from '../../../src/operations/release/ask-replica';
import { drainSlot } from '../../../src/operations/release/drain-slot';
import { displayName, findReplicas } from '../../../src/operations/release/find-replicas';
import { gateReplicas, type GateOptions } from '../../../src/operations/release/gate-replicas';
import { startTranscript } from '../../../src/operations/release/transcript';
import type { World } from '../../../src/operations/release/world';
import type { HealthCheck } from '../../../src/domain/records/release';
import type { ContainerDetails } from '../../../src/platform/docker-api/types';
import type { ProbeResult } from '../../../src/platform/http-probe';
import {
  placed,
  planOf,
  releaseOf,
  worldBefore,
  type Natures,
} from '../../support/scripted/release';
import { ScriptedWorld } from '../../support/scripted/world';

const plan = planOf();
const pacing = { intervalMs: 50, timeoutMs: 1000, successes: 2, deadlineMs: 2000 };

function stand(natures: Natures = {}) {
  const scripted = new ScriptedWorld(worldBefore(plan, natures));
  const world: World = { plan, ...scripted.process() };
  return { scripted, world };
}

/** Asks the first web replica of the new slot, with its container's details and the answer to a probe laid over. */
async function ask(
  health: HealthCheck,
  changes: { state?: Partial<ContainerDetails['state']>; networkMode?: string } = {},
  answer?: ProbeResult,
) {
  const { scripted, world } = stand();
  const urls: string[] = [];
  const engine = {
    ...world.engine,
    inspectContainer: async (id: string) => {
      const details = await world.engine.inspectContainer(id);
      return { ...details, ...changes, state: { ...details.state, ...changes.state } };
    },
  };
  const probe: World['probe'] = (request) => {
    urls.push(`${request.url} at ${request.connectTo?.host ?? '-'}`);
    return answer === undefined ? world.probe(request) : Promise.resolve(answer);
  };
  const [replica] = await scripted.clock.drive(findReplicas(world.engine, plan, plan.target));
  if (replica === undefined) throw new Error('no replica');
  const asked = { ...replica, service: { ...replica.service, health } };
  const said = await scripted.clock.drive(askReplica({ ...world, engine, probe }, asked));
  return { said, urls };
}

const http = { kind: 'http', port: 8000, path: '/up', status: 200, json: {}, ...pacing } as const;
const byDefault = { kind: 'default', settleMs: 5000, ...pacing } as const;
const health = (status: string, output = '') => ({
  health: { status, failingStreak: 0, log: [{ start: '', end: '', exitCode: 1, output }] },
});
const refused: ProbeResult = { kind: 'refused', message: 'connect ECONNREFUSED', durationMs: 1 };
const ok: ProbeResult = { kind: 'answer', status: 404, headers: {}, body: '', durationMs: 1 };

describe('askReplica', () => {
  test.each([
    ['never started', { status: 'created', running: false }, 'was never started'],
    ['ended', { status: 'exited', running: false, exitCode: 137 }, 'exited with code 137'],
    [
      'killed by the kernel',
      { status: 'exited', running: false, exitCode: 137, oomKilled: true },
      'exited with code 137 (out of memory)',
    ],
    [
      'could not be started',
      { status: 'exited', running: false, exitCode: 127, error: 'no such file' },
      'exited with code 127 (no such file)',
    ],
  ])('one that %s is dead, whatever its check', async (_, state, said) => {
    expect((await ask(http, { state })).said).toEqual({ ok: false, dead: true, said });
  });

  test.each([http, byDefault])('one that Docker is restarting may still come', async (check) => {
    // Docker says that it runs, and when it last did so.
    const state = { status: 'restarting', running: true, exitCode: 3 };
    const { said } = await ask(check, { state }, ok);
    expect(said).toEqual({ ok: false, dead: false, said: 'restarting after exit code 3' });
  });

  test.each<
    [string, HealthCheck, Parameters<typeof ask>[1], ProbeResult | undefined, boolean, string]
  >([
    ['HTTP: no answer', http, {}, refused, false, 'connect ECONNREFUSED'],
    ['HTTP: another status', http, {}, ok, false, 'HTTP 404, expected 200'],
    ['HTTP: as expected', { ...http, status: 404 }, {}, ok, true, 'HTTP 404'],
    [
      'Docker says starting',
      byDefault,
      { state: health('starting') },
      undefined,
      false,
      'starting',
    ],
    [
      'Docker says unhealthy, with its last line',
      byDefault,
      { state: health('unhealthy', 'one\ncurl: (7) refused\n') },
      undefined,
      false,
      'unhealthy curl: (7) refused',
    ],
    ['Docker says healthy', byDefault, { state: health('healthy') }, undefined, true, 'healthy'],
    [
      'no health check, a port that is closed',
      byDefault,
      {},
      refused,
      false,
      'connect ECONNREFUSED',
    ],
    ['no health check, any answer on its port', byDefault, {}, ok, true, 'HTTP 404'],
    [
      'a health check that is switched off',
      byDefault,
      { state: health('none') },
      ok,
      true,
      'HTTP 404',
    ],
  ])('%s', async (_, check, changes, answer, isOk, said) => {
    expect((await ask(check, changes, answer)).said).toEqual({ ok: isOk, dead: false, said });
  });

  test('the host name of a check is asked for, at the container’s own address', async () => {
    const { urls } = await ask({ ...http, host: 'shop.example.com' }, {}, ok);
    expect(urls).toEqual(['http://shop.example.com:8000/up at 172.18.0.13']);
  });

  test('one on the host’s network is asked there', async () => {
    expect((await ask(http, { networkMode: 'host' }, ok)).urls).toEqual([
      'http://127.0.0.1:8000/up at 127.0.0.1',
    ]);
  });

  test('a worker without any check has to stay up for a while', async () => {
    const { scripted, world } = stand();
    const replicas = await scripted.clock.drive(findReplicas(world.engine, plan, plan.target));
    const worker = replicas.find(({ service }) => service.name === 'worker');
    if (worker === undefined) throw new Error('no worker');
    const asked = {
      ...worker,
      service: { ...worker.service, health: { ...byDefault, settleMs: 61_000 } },
    };
    expect(await scripted.clock.drive(askReplica(world, asked))).toEqual({
      ok: false,
      dead: false,
      said: 'up for 60 s',
    });
    await scripted.clock.drive(scripted.clock.sleep(1000));
    expect(await scripted.clock.drive(askReplica(world, asked))).toMatchObject({ ok: true });
  });
});

describe('gateReplicas', () => {
  const gate = async (
    natures: Natures,
    change: (world: ScriptedWorld) => void = () => undefined,
    passes?: GateOptions['passes'],
  ) => {
    const { scripted, world } = stand(natures);
    change(scripted);
    const news: string[] = [];
    const onNews = (text: string): void => void news.push(text);
    const start = scripted.clock.now();
    const result = await scripted.clock.drive(
      gateReplicas(world, plan.target, {
        transcript: startTranscript(),
        onNews,
        ...(passes === undefined ? {} : { passes }),
      }),
    );
    return { result, news, tookMs: scripted.clock.now() - start };
  };

  test('a service without its containers closes it at once', async () => {
    const { result } = await gate({}, ({ state }) => {
      state.containers = state.containers.filter(({ id }) => id !== 'c6');
    });
    expect(result).toEqual({ open: false, reason: 'containers are missing: worker', culprits: [] });
  });

  test('a replica too few counts as missing', async () => {
    const { result } = await gate({}, ({ state }) => {
      state.containers = state.containers.filter(({ id }) => id !== 'c5');
    });
    expect(result).toMatchObject({ open: false, reason: 'containers are missing: web' });
  });

  test('those that never answer are named with what they said last', async () => {
    const { result, tookMs } = await gate({ target: { readyAfterMs: null } });
    expect(result).toEqual({
      open: false,
      reason:
        'web-1 was not healthy within 2 s: connect ECONNREFUSED 172.18.0.13; web-2 was not healthy within 2 s: connect ECONNREFUSED 172.18.0.14; worker-1 was not healthy within 2 s: exit 1 no answer',
      culprits: ['c4', 'c5', 'c6'],
    });
    expect(tookMs).toBeLessThan(2300);
  });

  test('opens after as many passes in a row as the check asks, and tells changes only', async () => {
    const { result, news, tookMs } = await gate({});
    expect(result).toEqual({ open: true, replicas: 3 });
    expect(tookMs).toBe(50);
    expect(news).toHaveLength(3);
  });

  test('opens after one pass where that is enough', async () => {
    expect((await gate({}, undefined, () => 1)).tookMs).toBe(0);
  });
});

describe('drainSlot', () => {
  const drain = (
    natures: Natures,
    deadlineMs: number,
    change: (world: ScriptedWorld) => void = () => undefined,
  ) => {
    const { scripted, world } = stand(natures);
    scripted.state.switchedAt = scripted.clock.now();
    scripted.state.files[`${plan.proxy.markers}/green`] = '';
    change(scripted);
    const live = placed(releaseOf(3, 'blue'));
    const start = scripted.clock.now();
    const open = scripted.clock.drive(drainSlot(world, live, deadlineMs, () => undefined));
    return { open, took: () => scripted.clock.now() - start };
  };

  test('gives up at the deadline, and says how many are left', async () => {
    const { open, took } = drain({ live: { visitorsStayMs: 60_000 } }, 500);
    expect(await open).toBe(2);
    expect(took()).toBe(500);
  });

  test('waits for the last one, and looks twice', async () => {
    const { open, took } = drain({ live: { visitorsStayMs: 250 } }, 5000);
    expect(await open).toBe(0);
    expect(took()).toBe(400);
  });

  test('counts what waits at the port of the host and has not reached the container', async () => {
    const { scripted, world } = stand({ live: { visitorsStayMs: 0 } });
    scripted.state.switchedAt = scripted.clock.now();
    scripted.state.files[`${plan.proxy.markers}/green`] = '';
    // 21000 is 0x5208; one connection to it is open, one to another port is none of ours.
    const rows = ['5208', '5209'].map((port, at) => `${at}: 0100007F:${port} 0100007F:C001 01`);
    scripted.state.files['/proc/net/tcp'] = ['head', ...rows].join('\n');
    const release = releaseOf(3, 'blue');
    const services = release.services.map((service) => ({
      ...service,
      ...(service.port === undefined ? {} : { loopback: { blue: 21_000, green: 21_001 } }),
    }));
    const live = placed({ ...release, services });
    const open = drainSlot(world, live, 500, () => undefined);
    expect(await scripted.clock.drive(open)).toBe(1);
    scripted.state.files['/proc/net/tcp'] = 'head';
    expect(await scripted.clock.drive(drainSlot(world, live, 500, () => undefined))).toBe(0);
  });

  test('a look that fails is not an empty slot, and is thrown only at the end', async () => {
    const { open, took } = drain({ live: { visitorsStayMs: 0 } }, 500, (scripted) => {
      scripted.onCall = ({ what }) => {
        if (what.startsWith('read /proc')) throw new Error('EACCES');
      };
    });
    await expect(open).rejects.toThrow('EACCES');
    expect(took()).toBe(500);
  });
});

test.each([
  ['shop-production-green-shop-production-green-web-2', 'web-2'],
  ['shop-production-green-web-1', 'web-1'],
  ['somebody-elses-name', 'somebody-elses-name'],
])('people see %s as %s', (name, shown) => {
  expect(displayName(name, 'shop-production-green')).toBe(shown);
});

describe('a transcript', () => {
  const line = (target: string, said: string, ok = false) => ({ atMs: 1, target, ok, said });

  test('forgets repetitions of a target, and tells what is new', () => {
    const transcript = startTranscript();
    const added = [
      line('a', 'x'),
      line('b', 'x'),
      line('a', 'x'),
      line('a', 'x', true),
      line('a', 'x'),
    ].map((one) => transcript.add(one));
    expect(added).toEqual([true, true, false, true, true]);
    expect(transcript.lines).toHaveLength(4);
  });

  test('stays bounded, and keeps the newest', () => {
    const transcript = startTranscript();
    for (let number = 0; number < 1000; number += 1) transcript.add(line('a', String(number)));
    expect(transcript.lines).toHaveLength(200);
    expect(transcript.lines.at(-1)?.said).toBe('999');
  });
});
