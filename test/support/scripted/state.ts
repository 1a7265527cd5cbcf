import { slotOf } from '../../../src/domain/proxy/markers';
import type { SlotName } from '../../../src/domain/records/release';
import type { ScriptedClock } from './clock';

/** How the app in a container behaves; times in milliseconds. */
export interface Nature {
  /** From its start to its first good answer (of a task: to its end); null = it never gives one. */
  readonly readyAfterMs: number | null;
  /** Its answers through the proxy turn bad so long after it began to serve; null = never. */
  readonly badAfterServingMs: number | null;
  /** It ends with this code as soon as it is started (a task: at its end). */
  readonly diesWith: number | null;
  /** It crashes, and Docker brings it back, so long after it began to serve. */
  readonly crashesAfterServingMs: number | null;
  /** From its stop to its end. */
  readonly stopsAfterMs: number;
  /** Connections of visitors that stay open so long after it stopped serving. */
  readonly visitorsStayMs: number;
}

export const soundNature: Nature = {
  readyAfterMs: 100,
  badAfterServingMs: null,
  diesWith: null,
  crashesAfterServingMs: null,
  stopsAfterMs: 20,
  visitorsStayMs: 50,
};

export interface ScriptedContainer {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What it was created from. */
  readonly image: string;
  readonly address: string;
  readonly ports: Readonly<Record<string, readonly { hostIp: string; hostPort: number }[]>>;
  readonly nature: Nature;
  state: 'created' | 'running' | 'exited';
  exitCode: number;
  startedAt: number;
  /** When a one-off container ends by itself; null = never. */
  endsAt: number | null;
  restartCount: number;
  policy: string;
}

/** A server as plain data, so that it can be copied at any instant. */
export interface WorldState {
  nowMs: number;
  containers: ScriptedContainer[];
  readonly files: Record<string, string>;
  readonly modes: Record<string, number>;
  images: string[];
  /** The folder with `managed` and `green`. */
  readonly markers: string;
  /** When a marker last came or went. */
  switchedAt: number;
  /** What must never happen, at the instant at which it did. */
  readonly wrongs: string[];
}

/** A scripted server as its parts see it. */
export interface Scene {
  readonly state: WorldState;
  readonly clock: ScriptedClock;
  /** Tells what was changed, right after it was. */
  readonly changed: (what: string) => void;
}

/** Comes before each call, with what it is and whether it changes anything; may throw, or wait, in its place. */
export type Enter = (what: string, changes?: boolean) => Promise<void>;

/** The slot that the marker files point to. */
export function servingSlot({ files, markers }: WorldState): SlotName {
  return slotOf({
    managed: files[`${markers}/managed`] !== undefined,
    green: files[`${markers}/green`] !== undefined,
  });
}

/** The slot of a container; one of the team's own that goes by a released name is `adopted`. */
export function slotOfContainer({ labels }: ScriptedContainer): string | undefined {
  const adopted =
    labels['com.docker.compose.project'] === 'shop' &&
    ['web', 'worker', 'beat'].includes(labels['com.docker.compose.service'] ?? '');
  return adopted ? 'adopted' : labels['shiplock.slot'];
}

/** The released service that a container is a replica of. */
export function serviceOf({ labels }: ScriptedContainer): string | undefined {
  return labels['shiplock.service'] ?? labels['com.docker.compose.service'];
}

/** Whether visitors of a slot are sent to this container. */
export function isRouted(container: ScriptedContainer, slot: SlotName): boolean {
  return (
    slotOfContainer(container) === slot &&
    serviceOf(container) === 'web' &&
    container.labels['shiplock.role'] !== 'task'
  );
}

export function isTask({ labels }: ScriptedContainer): boolean {
  return labels['shiplock.role'] === 'task';
}

export function containerOf({ containers }: WorldState, id: string): ScriptedContainer | undefined {
  return containers.find((one) => one.id === id);
}

/** Notes that two schedulers of different releases run. */
export function noteTwice({ containers, wrongs }: WorldState): void {
  const beats = containers.filter((one) => serviceOf(one) === 'beat' && one.state === 'running');
  if (new Set(beats.map(({ labels }) => labels['shiplock.release'])).size > 1)
    wrongs.push(`${beats.map(({ name }) => name).join(' and ')} run at once`);
}

/** What a restart of the server makes of it: files stay, and each container does what its restart policy says. */
export function rebooted(state: WorldState): WorldState {
  const after = structuredClone(state);
  after.nowMs += 20_000;
  for (const container of after.containers) {
    const ran = container.state === 'running';
    if (container.state === 'created') continue;
    // `always` also brings back what somebody had stopped: moby#12118.
    const returns = container.policy === 'always' || (ran && container.policy !== 'no');
    container.state = returns ? 'running' : 'exited';
    container.startedAt = returns ? after.nowMs : container.startedAt;
    if (ran && !returns) container.exitCode = 255;
  }
  noteTwice(after);
  return after;
}
