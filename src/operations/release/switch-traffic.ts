import { z } from 'zod';
import { markerChange, slotOf, type Markers } from '../../domain/proxy/markers';
import type { SlotName } from '../../domain/records/release';
import { hostPath, readRecord } from './release-files';
import type { World } from './world';

const lastTraffic = z.partialRecord(z.enum(['adopted', 'blue', 'green']), z.number());

/** The slot that the markers on the disk point to. */
export async function readSlotMarkers(world: World): Promise<SlotName> {
  return slotOf(await readMarkers(world));
}

/** The switch: one marker file appears or disappears, durably; every service and route follows at the same instant. */
export async function pointTo(world: World, slot: SlotName): Promise<void> {
  const { plan, files } = world;
  const markers = await readMarkers(world);
  const change = markerChange(markers, slot);
  if (change === null) return;
  const path = `${plan.proxy.markers}/${change.file}`;
  // Readable for the proxy's own user, whoever that is.
  await (change.present ? files.write(path, '', 0o644) : files.remove(path));
}

/** Notes that a slot had traffic until now; said after the proof, because nobody waits for it, and given up where the disk is full. */
export async function noteLastTraffic(
  { plan, files, clock }: World,
  slot: SlotName,
): Promise<void> {
  const path = hostPath.traffic(plan.base);
  const before = (await readRecord(files, path, lastTraffic).catch(() => null)) ?? {};
  const left = { ...before, [slot]: clock.now() };
  await files.write(path, `${JSON.stringify(left)}\n`, 0o600).catch(() => undefined);
}

/** Waits until no worker of the proxy can still know the addresses of the containers that had this slot's names before. */
export async function restUntilForgotten(world: World, slot: SlotName): Promise<void> {
  const { base, proxy } = world.plan;
  const record = await readRecord(world.files, hostPath.traffic(base), lastTraffic).catch(
    () => null,
  );
  const left = record?.[slot];
  if (left !== undefined) await world.clock.sleep(left + proxy.forgetMs - world.clock.now());
}

/** The marker files that there are on the disk. */
export async function readMarkers({ plan, files }: World): Promise<Markers> {
  const [managed, green] = await Promise.all(
    ['managed', 'green'].map((name) => files.exists(`${plan.proxy.markers}/${name}`)),
  );
  return { managed: managed === true, green: green === true };
}
