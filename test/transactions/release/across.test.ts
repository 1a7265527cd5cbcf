import { describe, expect, test } from '@jest/globals';
import { base } from '../../support/scripted/host';
import { leftovers, served } from '../../support/scripted/peace';
import { runOn } from '../../support/scripted/run';
import { ScriptedServer } from '../../support/scripted/server';

const health = { command: 'ping', interval: '50ms', deadline: '2s' };
const web = { port: 8000, health: { path: '/up', interval: '50ms', deadline: '2s' } };
/** Two releases that have little in common but web. */
const older = { release: { web, worker: { health } } };
const newer = { release: { web, api: { port: 9000, health: { ...health } }, reports: { health } } };

type Services = Record<string, object>;

/** A server to which v1 and v2 were released, each from a checkout of its own. */
async function stand() {
  const server = new ScriptedServer();
  server.locations.push('api');
  const document = server.setting.document as { services: Services };
  const stack: Services = document.services;
  const only = (...names: string[]): void => {
    document.services = Object.fromEntries(names.map((name) => [name, stack[name] ?? {}]));
  };
  stack['api'] = { ...stack['web'], deploy: { replicas: 1 }, ports: [] };
  stack['reports'] = { ...stack['worker'] };
  const drive = <T>(work: Promise<T>): Promise<T> => server.world.clock.drive(work);
  only('nginx', 'postgres', 'cache', 'web', 'worker');
  await drive(runOn(server, older).deploy('v1'));
  only('nginx', 'postgres', 'web', 'api', 'reports');
  await drive(runOn(server, newer).deploy('v2'));
  const back = (config: object, version?: string, env?: Record<string, string>) =>
    drive(runOn(server, { ...config }).rollBack(version, env === undefined ? {} : { env }));
  return { server, back };
}

/** Released services that run, in words. */
const running = ({ world }: ScriptedServer): string[] =>
  world.state.containers
    .filter(({ labels, state }) => labels['shiplock.role'] === 'service' && state === 'running')
    .map(({ labels }) => `${labels['shiplock.service']} of ${labels['shiplock.release']}`)
    .filter((text, at, all) => all.indexOf(text) === at)
    .sort();

const ofFirst = ['web of 1-v1', 'worker of 1-v1'];
const ofSecond = ['api of 2-v2', 'reports of 2-v2', 'web of 2-v2'];

describe.each([
  ['the older checkout', older],
  ['the newer checkout', newer],
])('a rollback over changed services, from %s', (_, config) => {
  test('to parked containers, and forward again', async () => {
    const { server, back } = await stand();
    expect((await back(config)).verdict).toBe('rolled-back');
    expect([served(server), running(server)]).toEqual(['v1', ofFirst]);
    expect((await back(config, 'v2')).verdict).toBe('rolled-back');
    expect([served(server), running(server), leftovers(server)]).toEqual(['v2', ofSecond, []]);
    // Who went forward has not said that v1 was bad.
    expect((await back(config)).verdict).toBe('rolled-back');
    expect(served(server)).toBe('v1');
  });

  test('leaves the include as it is, because a reload resets idle connections', async () => {
    const { server, back } = await stand();
    const include = (): string | undefined =>
      Object.entries(server.world.state.files).find(([path]) =>
        path.endsWith('shop-production.conf'),
      )?.[1];
    const before = include();
    await back(config);
    expect([before?.includes('$shiplock_api'), include()]).toEqual([true, before]);
    await back(config, 'v2');
    expect(include()).toBe(before);
  });

  test('made again with today’s secrets, and forward again', async () => {
    const { server, back } = await stand();
    await back(config, undefined, { TOKEN: 'today' });
    expect([served(server), running(server)]).toEqual(['v1', ofFirst]);
    await back(config, 'v2', { TOKEN: 'today' });
    expect([served(server), running(server), leftovers(server)]).toEqual(['v2', ofSecond, []]);
  });
});

test('the checks of the release prove it, not those of today’s checkout', async () => {
  const { server, back } = await stand();
  const verify = [{ url: 'http://shop.example.com/new-path', json: { status: 'never' } }];
  expect((await back({ ...newer, verify })).verdict).toBe('rolled-back');
  expect(served(server)).toBe('v1');
});

test('a shared service that only the older release knows is started for it, also for parked containers', async () => {
  const { server, back } = await stand();
  const { containers } = server.world.state;
  server.world.state.containers = containers.filter(({ name }) => name !== 'shop-cache-1');
  await back(newer);
  expect(server.world.state.containers.find(({ name }) => name === 'shop-cache-1')).toMatchObject({
    state: 'running',
  });
});

describe('images of the release', () => {
  const without = async (change: (server: ScriptedServer, image: string) => void) => {
    const { server, back } = await stand();
    const image = server.world.state.containers.find(
      ({ labels }) => labels['shiplock.release'] === '1-v1',
    )?.image;
    change(server, image ?? '');
    // With other secrets the containers have to be made again.
    return { server, image, rolled: back(newer, undefined, { TOKEN: 'today' }) };
  };

  test('that are gone from the registry and still there will do', async () => {
    const { server, rolled } = await without(({ registry }) => {
      for (const name of Object.keys(registry)) Reflect.deleteProperty(registry, name);
    });
    expect((await rolled).verdict).toBe('rolled-back');
    expect(served(server)).toBe('v1');
  });

  test('that are gone everywhere are named, and nothing is touched', async () => {
    const files = new Map<string, string>();
    const { server, image, rolled } = await without(({ world, registry }, gone) => {
      for (const name of Object.keys(registry)) Reflect.deleteProperty(registry, name);
      world.state.images = world.state.images.filter((one) => one !== gone);
      Object.entries(world.state.files).forEach(([path, text]) => files.set(path, text));
    });
    await expect(rolled).rejects.toMatchObject({
      verdict: 'refused',
      problems: [
        { path: 'image of web', says: expect.stringContaining(`${image} is neither on this`) },
        { path: 'image of worker', fix: expect.stringContaining('1-v1 cannot be made again') },
      ],
    });
    expect([served(server), leftovers(server)]).toEqual(['v2', []]);
    expect(Object.entries(server.world.state.files)).toEqual([...files]);
  });
});

test('a release whose source cannot be read is refused with the way out', async () => {
  const { server, back } = await stand();
  server.world.state.files[`${base}/releases/1-v1/source.json`] = '{"torn';
  await expect(back(newer)).rejects.toMatchObject({
    verdict: 'refused',
    problems: [{ path: `${base}/releases/1-v1/source.json`, says: 'cannot be read' }],
  });
  expect(served(server)).toBe('v2');
});
