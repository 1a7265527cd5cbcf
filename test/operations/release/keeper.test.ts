import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { EngineError, ShiplockError } from '../../../src/errors';
import { keeperLink, readKeeper } from '../../../src/operations/release/keeper-link';
import { runTask } from '../../../src/operations/release/run-task';
import { startKeeper } from '../../../src/operations/release/start-keeper';
import type { Engine } from '../../../src/platform/docker-api/docker-api';
import type { ContainerSpec } from '../../../src/platform/docker-api/specs';
import { keeperImage, ScriptedServer } from '../../support/scripted/server';
import { add } from '../../support/scripted/host';
import { planOf } from '../../support/scripted/release';

const plan = planOf();
const setting = {
  image: keeperImage,
  hash: 'k1',
  user: '1000:998',
  socket: '/run/user/1000/docker.sock',
  configDir: '/srv/shop/nginx',
  pull: () => Promise.resolve(),
};

async function engineOf(changes: Partial<Engine> = {}) {
  const server = new ScriptedServer();
  const { engine } = await server.connect();
  return { server, engine: { ...engine, ...changes } };
}

describe('startKeeper', () => {
  const started = async (changes: Partial<typeof setting> = {}) => {
    const made: { name: string; spec: ContainerSpec }[] = [];
    const { engine } = await engineOf({
      createContainer: (name, spec) => {
        made.push({ name, spec });
        return Promise.resolve('k');
      },
      startContainer: () => Promise.resolve(),
    });
    await startKeeper(engine, plan, { ...setting, ...changes });
    return made[0];
  };

  test('an image that cannot be pulled is told with what helps', async () => {
    const missing = () => Promise.reject(new EngineError('no such image', 404));
    await expect(started({ pull: missing })).rejects.toMatchObject({
      message: `the keeper's image ${keeperImage} could not be pulled`,
      hint: 'Let the server reach the registry, or name a copy of the image in `keeper-image`.',
    });
  });

  test('it comes back after a failure, never after its end, and sees what it needs and no more', async () => {
    const made = await started();
    expect(made?.name).toBe('shiplock-keeper-d4');
    expect(made?.spec).toMatchObject({
      User: '1000:998',
      Entrypoint: ['node', `${plan.base}/keeper/k1.mjs`],
      Cmd: [`${plan.base}/journal/d4.plan.json`],
      OpenStdin: true,
      StdinOnce: false,
      HostConfig: {
        Binds: [
          '/run/user/1000/docker.sock:/var/run/docker.sock',
          '/var/lib/shiplock:/var/lib/shiplock:ro',
          `${plan.base}:${plan.base}`,
          '/srv/shop/nginx:/srv/shop/nginx',
        ],
        RestartPolicy: { Name: 'on-failure' },
        ReadonlyRootfs: true,
        SecurityOpt: ['label=disable', 'no-new-privileges'],
      },
    });
    expect(JSON.stringify(made?.spec)).not.toContain('Privileged');
  });
});

describe('the line to a keeper', () => {
  const connected = async () => {
    const stdin = new PassThrough();
    const { server, engine } = await engineOf({ attachStdin: () => Promise.resolve(stdin) });
    const link = keeperLink(server.world.clock);
    const heard = (): string[] =>
      String(stdin.read() ?? '')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => (JSON.parse(line) as { kind: string }).kind);
    return { server, engine, link, stdin, heard };
  };

  test('keeps what is said before it stands, and says it in order', async () => {
    const { engine, link, heard } = await connected();
    link.send({ kind: 'abort', reason: 'one' });
    link.send({ kind: 'back', reason: 'two' });
    await link.open(engine, 'k');
    link.send({ kind: 'go', facts: { schemaBefore: null, schemaAfter: null, backups: [] } });
    expect(heard()).toEqual(['abort', 'back', 'beat', 'go']);
    link.close();
  });

  test('gives a sign of life every two seconds, until it is closed', async () => {
    const { server, engine, link, heard } = await connected();
    const { clock } = server.world;
    await link.open(engine, 'k');
    await clock.drive(clock.sleep(5000));
    expect(heard()).toEqual(['beat', 'beat', 'beat']);
    link.close();
    await clock.drive(clock.sleep(5000));
    expect(heard()).toEqual([]);
  });

  test('that breaks does not bring the runner down', async () => {
    const { engine, link, stdin } = await connected();
    await link.open(engine, 'k');
    stdin.destroy(new Error('ECONNRESET'));
    await new Promise((resolve) => stdin.once('close', resolve));
    expect(() => {
      link.send({ kind: 'beat' });
    }).not.toThrow();
    link.close();
  });
});

test('what a keeper says is read once each, and what is no record is passed over', async () => {
  const record = (seq: number): string =>
    JSON.stringify({
      seq,
      epoch: 1,
      step: 'gate',
      phase: 'note',
      time: '2026-03-01T12:00:00.000Z',
    });
  const lines = [
    '(node:1) Warning: x',
    record(1),
    record(2),
    record(2),
    '{"seq":',
    record(1),
    record(3),
  ];
  const { engine } = await engineOf({
    containerLogs: async function* () {
      for (const line of lines) yield await Promise.resolve({ stream: 'stdout' as const, line });
    },
  });
  const seqs: number[] = [];
  for await (const { seq } of readKeeper(engine, 'k', 1, new AbortController().signal))
    seqs.push(seq);
  expect(seqs).toEqual([2, 3]);
});

describe('runTask', () => {
  const labels = { 'shiplock.deploy': 'd4', 'shiplock.task': 'migrate', 'shiplock.role': 'task' };

  test('a task that was not created is a bug of ours', async () => {
    const { server, engine } = await engineOf();
    await expect(
      server.world.clock.drive(runTask(engine, 'd4', 'migrate', 1000)),
    ).rejects.toMatchObject({ fault: 'bug' });
  });

  test('one that does not end in time is left running, and that is said', async () => {
    const { server, engine } = await engineOf({
      waitContainer: () => Promise.reject(new Error('deadline')),
    });
    const task = add(server.world, { name: 'migrate', labels, image: 'x' });
    const thrown = await server.world.clock.drive(
      runTask(engine, 'd4', 'migrate', 60_000).catch((one: unknown) => one),
    );
    expect(thrown).toBeInstanceOf(ShiplockError);
    expect(String(thrown)).toContain('migrate did not end within 60 s; it is left running');
    expect(task.state).toBe('running');
  });

  test('gives its exit code and its last lines', async () => {
    const { server, engine } = await engineOf();
    add(server.world, { name: 'migrate', labels, image: 'x' });
    expect(await server.world.clock.drive(runTask(engine, 'd4', 'migrate', 1000))).toEqual({
      code: 0,
      lines: ['the last words of migrate'],
      stdout: '',
    });
  });
});
