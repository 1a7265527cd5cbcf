import { describe, expect, test } from '@jest/globals';
import { pruneReleases, removeEndedKeepers } from '../../../src/operations/release/prune-releases';
import { hostPath } from '../../../src/operations/release/release-files';
import type { World } from '../../../src/operations/release/world';
import { EngineError } from '../../../src/errors';
import { add } from '../../support/scripted/host';
import { base, planOf, releaseOf, worldBefore } from '../../support/scripted/release';
import { ScriptedWorld } from '../../support/scripted/world';

const keep = ['4-v4', '3-v3'];

function stand(retain = 1) {
  const plan = planOf({ retain });
  const scripted = new ScriptedWorld(worldBefore(plan));
  const world: World = { plan, ...scripted.process() };
  const { files } = scripted.state;
  for (const seq of [1, 2, 3, 4]) {
    files[hostPath.journal(base, `d${seq}`)] = '';
    files[hostPath.plan(base, `d${seq}`)] = '{}';
    files[`${base}/releases/${seq}-v${seq}/source.json`] = 'secret';
  }
  return { scripted, world, files };
}

const ours = { 'shiplock.app': 'shop', 'shiplock.environment': 'production' };

describe('pruneReleases', () => {
  test('takes the folder, the journal, the plan and the images of what no rollback needs', async () => {
    const { scripted, world, files } = stand();
    expect(await scripted.clock.drive(pruneReleases(world, keep))).toEqual(['1-v1']);
    const left = Object.keys(files).filter(
      (path) => path.includes('1-v1') || path.includes('/d1.'),
    );
    expect(left).toEqual([]);
    const images = (seq: number) => releaseOf(seq, 'blue').services.map(({ image }) => image);
    expect(new Set(scripted.state.images)).toEqual(new Set([2, 3, 4].flatMap(images)));
  });

  const imageOf = (seq: number): string => releaseOf(seq, 'blue').services[0]?.image ?? '';

  test.each([
    ['that somebody else’s container is made from, though it stands still', 'exited'],
    ['that somebody else’s container runs', 'running'],
  ] as const)('an image %s stays', async (_, state) => {
    const { scripted, world } = stand(0);
    add(scripted, { name: 'theirs', labels: {}, image: imageOf(1), state });
    expect(await scripted.clock.drive(pruneReleases(world, keep))).toEqual(['1-v1', '2-v2']);
    expect(scripted.state.images).toContain(imageOf(1));
    expect(scripted.state.images).not.toContain(imageOf(2));
  });

  test('an image that another environment has on record stays, without any container of it', async () => {
    const { scripted, world, files } = stand(0);
    const staging = base.replace('production', 'staging');
    const path = hostPath.releaseRecord(staging, '1-v1');
    files[path] = JSON.stringify(releaseOf(1, 'blue'));
    await scripted.clock.drive(pruneReleases(world, keep));
    expect(scripted.state.images).toContain(imageOf(1));
    expect(scripted.state.images).not.toContain(imageOf(2));
  });

  test('images of a repository stay that an app uses whose records cannot be read', async () => {
    const { scripted, world } = stand(0);
    const labels = { 'shiplock.app': 'shop', 'shiplock.base': '/home/ada/.shiplock/shop/test' };
    add(scripted, { name: 'ada', labels, image: imageOf(4), state: 'running' });
    await scripted.clock.drive(pruneReleases(world, keep));
    expect(scripted.state.images).toContain(imageOf(1));
  });

  test('an image that was taken into use meanwhile is the engine’s to refuse', async () => {
    const { scripted, world } = stand(0);
    scripted.onCall = ({ what }) => {
      if (what.startsWith('remove image')) throw new EngineError('image is being used', 409);
    };
    expect(await scripted.clock.drive(pruneReleases(world, keep))).toEqual(['1-v1', '2-v2']);
  });

  test('containers of old releases and of tasks go when they stand still; one that runs belongs to somebody', async () => {
    const { scripted, world } = stand();
    const made = [
      { name: 'old-stopped', state: 'exited', labels: { ...ours, 'shiplock.release': '2-v2' } },
      { name: 'old-running', state: 'running', labels: { ...ours, 'shiplock.release': '2-v2' } },
      {
        name: 'task',
        state: 'exited',
        labels: { ...ours, 'shiplock.release': '4-v4', 'shiplock.role': 'task' },
      },
      {
        name: 'previous',
        state: 'exited',
        labels: { ...ours, 'shiplock.release': '3-v3', 'shiplock.role': 'service' },
      },
      { name: 'keeper', state: 'exited', labels: { ...ours, 'shiplock.keeper': 'd4' } },
      {
        name: 'staging',
        state: 'exited',
        labels: { ...ours, 'shiplock.environment': 'staging', 'shiplock.release': '2-v2' },
      },
      {
        name: 'other-app',
        state: 'exited',
        labels: {
          'shiplock.app': 'blog',
          'shiplock.environment': 'production',
          'shiplock.release': '2-v2',
        },
      },
    ] as const;
    for (const one of made) add(scripted, { ...one, image: 'x' });
    await scripted.clock.drive(pruneReleases(world, keep));
    const names = scripted.state.containers.map(({ name }) => name);
    expect(made.map(({ name }) => name).filter((name) => names.includes(name))).toEqual([
      'old-running',
      'previous',
      'keeper',
      'staging',
      'other-app',
    ]);
  });
});

test('ended keepers go, but never this deploy’s own, one that runs, or another environment’s', async () => {
  const { scripted, world } = stand();
  const made = [
    { name: 'ended', state: 'exited', labels: { ...ours, 'shiplock.keeper': 'd2' } },
    { name: 'never-started', state: 'created', labels: { ...ours, 'shiplock.keeper': 'd3' } },
    { name: 'own', state: 'exited', labels: { ...ours, 'shiplock.keeper': 'd4' } },
    { name: 'running', state: 'running', labels: { ...ours, 'shiplock.keeper': 'd5' } },
    {
      name: 'staging',
      state: 'exited',
      labels: { ...ours, 'shiplock.environment': 'staging', 'shiplock.keeper': 'd2' },
    },
  ] as const;
  for (const one of made) add(scripted, { ...one, image: 'x' });
  await scripted.clock.drive(removeEndedKeepers(world));
  const names = scripted.state.containers.map(({ name }) => name);
  expect(made.map(({ name }) => name).filter((name) => names.includes(name))).toEqual([
    'own',
    'running',
    'staging',
  ]);
});
