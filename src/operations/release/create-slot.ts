import { awaitHealthyCommand, createCommand, startSharedCommand } from '../../commands/compose';
import { ShiplockError } from '../../errors';
import { label, ofApp } from '../../domain/release/labels';
import type { PlacedRelease } from '../../domain/records/plan';
import type { Engine } from '../../platform/docker-api/docker-api';
import type { JoinedNetwork, SlotNetwork } from '../../domain/compose/slot-networks';
import type { SlotVolume } from '../../domain/compose/slot-storage';
import type { Host } from '../../platform/host';
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

/** Starts shared services that do not run yet, leaves running ones as they are, and waits for those that must be healthy. */
export async function startShared(
  host: Host,
  docker: readonly string[],
  shared: {
    readonly project: string;
    readonly directory: string;
    readonly file: string;
    readonly services: readonly string[];
    /** Those of them that somebody waits for until they are healthy. */
    readonly awaited: readonly string[];
  },
): Promise<void> {
  const { project, directory, file, services, awaited } = shared;
  const place = { project, directory, files: [file] };
  const run = async (argv: readonly string[], failed: string): Promise<void> => {
    const { code, stderr } = await host.exec(argv, { timeoutMs: 600_000 });
    if (code === 0) return;
    throw new ShiplockError(`${host.name}: ${failed}`, {
      hint: lastLines(stderr),
      fault: 'remote',
    });
  };
  const names = services.join(', ');
  await run(
    startSharedCommand(docker, place, services),
    `the shared services ${names} could not be started`,
  );
  // A migration and the new containers would meet a database that takes no connections yet.
  if (awaited.length > 0) {
    const unwell = `of the shared services ${awaited.join(', ')} one did not become healthy`;
    await run(awaitHealthyCommand(docker, place, awaited), unwell);
  }
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-8).join('\n').slice(-2000);
}
