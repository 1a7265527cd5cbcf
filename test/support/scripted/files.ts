import type { Files } from '../../../src/platform/files';
import {
  containerOf,
  isRouted,
  servingSlot,
  slotOfContainer,
  type Enter,
  type Scene,
  type ScriptedContainer,
} from './state';

/** A stand-in for the files of a server, `/proc/<pid>/net/tcp` of its containers included. */
export function scriptedFiles(world: Scene, enter: Enter): Files {
  const { files, modes, markers } = world.state;
  const change = (path: string, text: string | undefined): void => {
    if (path.startsWith(`${markers}/`) && (files[path] === undefined) !== (text === undefined)) {
      world.state.switchedAt = world.clock.now();
    }
    if (text === undefined) Reflect.deleteProperty(files, path);
    else files[path] = text;
  };
  return {
    read: async (path) => {
      await enter(`read ${path}`);
      return connectionTable(world, path) ?? files[path] ?? null;
    },
    exists: async (path) => {
      await enter(`exists ${path}`);
      return files[path] !== undefined;
    },
    list: async (folder) => {
      await enter(`list ${folder}`);
      const inside = Object.keys(files).filter((path) => path.startsWith(`${folder}/`));
      return [...new Set(inside.map((path) => path.slice(folder.length + 1).split('/')[0] ?? ''))];
    },
    write: async (path, text, mode) => {
      await enter(`write ${path}`, true);
      change(path, text);
      modes[path] = mode;
      checkRoute(world, path);
      world.changed(`write ${path}`);
    },
    append: async (path, text, mode) => {
      const what = `append ${recordIn(text) ?? path}`;
      await enter(what, true);
      change(path, (files[path] ?? '') + text);
      modes[path] = mode;
      world.changed(what);
    },
    remove: async (path) => {
      await enter(`remove ${path}`, true);
      for (const one of Object.keys(files)) {
        if (one === path || one.startsWith(`${path}/`)) change(one, undefined);
      }
      checkRoute(world, path);
      world.changed(`remove ${path}`);
    },
  };
}

/** What a line of the journal says, in three words. */
function recordIn(text: string): string | undefined {
  return /"step":"(\w+)","phase":"\w+"/
    .exec(text)?.[0]
    .replaceAll(/"(step|phase)":|"/g, '')
    .replace(',', ' ');
}

/** Traffic must never be sent to where nothing runs. */
function checkRoute(world: Scene, path: string): void {
  if (!path.startsWith(`${world.state.markers}/`)) return;
  const slot = servingSlot(world.state);
  const routed = world.state.containers.filter((one) => isRouted(one, slot));
  if (slot === 'adopted' && routed.length === 0) return;
  if (!routed.some(({ state }) => state === 'running'))
    world.state.wrongs.push(`traffic went to ${slot}, where nothing runs`);
}

const heading =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';

/** A container's pid is the number in its id. */
function connectionTable(world: Scene, path: string): string | undefined {
  const pid = /^\/proc\/(\d+)\/net\/tcp$/.exec(path)?.[1];
  const container = pid === undefined ? undefined : containerOf(world.state, `c${pid}`);
  if (container === undefined) return undefined;
  return openConnections(world, container)
    ? `${heading}   0: 0500030A:1F40 0100030A:D431 01\n`
    : heading;
}

function openConnections({ state, clock }: Scene, container: ScriptedContainer): boolean {
  if (container.state !== 'running') return false;
  if (slotOfContainer(container) === servingSlot(state)) return true;
  return clock.now() - state.switchedAt < container.nature.visitorsStayMs;
}
