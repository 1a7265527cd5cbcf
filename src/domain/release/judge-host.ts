import type { Problem } from '../problem';
import type { Markers } from '../proxy/markers';
import { slotOf } from '../proxy/markers';
import type { PlacedRelease } from '../records/plan';
import { slotProject } from '../compose/slot-names';
import type { HostFacts } from './host-facts';

/** Which slot serves, by the markers and by the state; they must agree. */
export type Standing =
  | { readonly kind: 'known'; readonly live: PlacedRelease | null }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * S0: brings what is on record and what the markers say to one named state. @param stack the team's own project, and what
 * of the released services runs there
 */
export function judgeStanding(
  facts: HostFacts,
  markers: Markers,
  names: { readonly app: string; readonly environment: string },
  stack: { readonly project: string; readonly adopted: PlacedRelease | null },
): Standing {
  if (facts.unreadable.length > 0) {
    return { kind: 'unknown', reason: facts.unreadable.join('; ') };
  }
  const served = slotOf(markers);
  if (facts.state === null) {
    return served === 'adopted'
      ? { kind: 'known', live: stack.adopted }
      : {
          kind: 'unknown',
          reason: `the proxy sends requests to ${served}, but no release is on record`,
        };
  }
  const { live } = facts.state;
  if (live.slot !== served) {
    return {
      kind: 'unknown',
      reason: `the proxy sends requests to ${served}, but ${live.release} in ${live.slot} is on record as live`,
    };
  }
  const release = facts.ledger.find(({ id }) => id === live.release);
  if (release === undefined)
    return { kind: 'unknown', reason: `the record of ${live.release} is missing` };
  // What is adopted is what runs there now, whatever it was when it was written down.
  if (live.slot === 'adopted' && stack.adopted !== null)
    return { kind: 'known', live: stack.adopted };
  const project = live.slot === 'adopted' ? stack.project : slotProject(names, live.slot);
  return { kind: 'known', live: { slot: live.slot, project, release } };
}

/** What the engine tells about itself, as far as the preflight asks. */
export interface EngineFacts {
  readonly version: string;
  readonly components: readonly string[];
}

const oldestEngine = [20, 10] as const;
const oldestCompose = [2, 20] as const;

/** What the look found of the host's tools. */
export interface ToolFacts {
  /** null = it does not answer. */
  readonly engine: EngineFacts | null;
  /** null = not asked, '' = there is none. */
  readonly composeVersion: string | null;
  readonly missingTools: readonly string[];
}

/** S1, the host's tools: everything that is missing, each with its fix. */
export function judgeTools(host: ToolFacts): Problem[] {
  const problems: Problem[] = [];
  const add = (says: string, fix: string): void => void problems.push({ path: '', says, fix });
  const { engine, composeVersion } = host;
  if (engine !== null) {
    if (engine.components.some((name) => /podman/i.test(name))) {
      add('the engine is Podman', 'install Docker Engine 20.10 or newer; Podman is not supported');
    } else if (isOlder(engine.version, oldestEngine)) {
      add(`Docker Engine ${engine.version} is too old`, 'install Docker Engine 20.10 or newer');
    }
    if (composeVersion === '') {
      add(
        'Docker Compose v2 is not installed',
        'install the Compose plugin (docker-compose-plugin) for this user',
      );
    } else if (composeVersion !== null && isOlder(composeVersion, oldestCompose)) {
      add(
        `Docker Compose ${composeVersion} is too old`,
        `install Compose ${oldestCompose.join('.')} or newer`,
      );
    }
  }
  for (const tool of host.missingTools) {
    const from = tool === 'flock' ? 'util-linux' : 'coreutils, tar';
    add(`the command ${tool} is missing`, `install it on the server (${from})`);
  }
  return problems;
}

/** Below it nobody has tried; what is known to be missing stands with the warning. */
const triedCompose = [2, 26] as const;

const missingBefore = [
  [[2, 24], 'env_file with required: false'],
  [[2, 23], 'content of configs'],
  [[2, 22], 'develop'],
] as const;

/** What to know about a Compose that is older than those Shiplock is tested with; null = there is nothing. */
export function describeOldCompose(version: string | null): string | null {
  if (version === null || version === '' || !isOlder(version, triedCompose)) return null;
  const missing = missingBefore
    .filter(([since]) => isOlder(version, since))
    .map(([since, what]) => `${what} (${since.join('.')})`);
  const lacks = missing.length === 0 ? '' : `; it does not know ${missing.join(', ')}`;
  return `Docker Compose ${version} on the server is older than ${triedCompose.join('.')}, the oldest that Shiplock is tested with${lacks}`;
}

function isOlder(version: string, least: readonly [number, number]): boolean {
  const match = /(\d+)\.(\d+)/.exec(version);
  if (match === null) return false;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major < least[0] || (major === least[0] && minor < least[1]);
}
