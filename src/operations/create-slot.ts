import { createCommand, startSharedCommand } from '../commands/compose';
import { ShiplockError } from '../errors';
import { label, ofApp } from '../domain/release/labels';
import type { PlacedRelease } from '../domain/records/plan';
import type { Engine } from '../platform/docker-api';
import type { JoinedNetwork, SlotNetwork } from '../domain/compose/slot-networks';
import type { SlotVolume } from '../domain/compose/slot-storage';
import type { Host } from '../platform/host';
import { unlessStatus } from './unless-status';

const stopSeconds = 10;

/** Removes what an earlier release left in a slot that does not serve, so that the next one can live there. */
export async function clearSlot(
  engine: Engine,
  names: { readonly app: string; readonly environment: string },
  slot: PlacedRelease['slot'],
): Promise<number> {
  const labels = [...ofApp(names.app, names.environment), `${label.slot}=${slot}`];
  const old = await engine.listContainers({ labels, all: true });
  await Promise.all(
    old.map(async ({ id, state }) => {
      await engine.setRestartPolicy(id, 'no');
      if (state === 'running') await engine.stopContainer(id, stopSeconds);
      await engine.removeContainer(id, { force: true });
    }),
  );
  return old.length;
}

/** Creates a network where it is missing; the slot's own are kept between releases. */
export async function haveNetwork(
  engine: Engine,
  network: SlotNetwork & { readonly more?: JoinedNetwork['more'] },
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  const { name, driver, internal, options, more = {} } = network;
  if ((await unlessStatus(404, engine.inspectNetwork(name))) !== null) return;
  const spec = {
    Name: name,
    Driver: driver,
    Internal: internal,
    Options: options,
    ...more,
    Labels: { ...(more['Labels'] as Record<string, string> | undefined), ...labels },
  };
  // 409: another deploy made it at the same moment.
  await unlessStatus(409, engine.createNetwork(spec));
}

/** A volume of the team that no shared service has made yet, under its one real name. */
export async function haveVolume(engine: Engine, volume: SlotVolume): Promise<void> {
  const { name, driver, options, labels } = volume;
  if ((await unlessStatus(404, engine.inspectVolume(name))) !== null) return;
  await engine.createVolume({ Name: name, Driver: driver, DriverOpts: options, Labels: labels });
}

/** Creates the slot's containers from its compose file and starts none. */
export async function createSlot(
  host: Host,
  docker: readonly string[],
  slot: { readonly project: string; readonly file: string; readonly services: readonly string[] },
): Promise<void> {
  const argv = createCommand(docker, { project: slot.project, files: [slot.file] }, slot.services);
  const result = await host.exec(argv, { timeoutMs: 300_000 });
  if (result.code === 0) return;
  throw new ShiplockError(`${host.name}: the new containers could not be created`, {
    hint: lastLines(result.stderr),
    fault: 'remote',
  });
}

/** Starts shared services that do not run yet, and leaves running ones as they are. */
export async function startShared(
  host: Host,
  docker: readonly string[],
  shared: {
    readonly project: string;
    readonly directory: string;
    readonly file: string;
    readonly services: readonly string[];
  },
): Promise<void> {
  const { project, directory, file, services } = shared;
  const argv = startSharedCommand(docker, { project, directory, files: [file] }, services);
  const result = await host.exec(argv, { timeoutMs: 600_000 });
  if (result.code === 0) return;
  throw new ShiplockError(
    `${host.name}: the shared services ${services.join(', ')} could not be started`,
    {
      hint: lastLines(result.stderr),
      fault: 'remote',
    },
  );
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-8).join('\n').slice(-2000);
}
