import type { Sessions } from './stand';
import { beyondMs, type PhaseName, type Phases } from './timeline';

/** What was measured, one value a run; milliseconds. */
export interface Measured {
  readonly deploys: readonly { readonly wallMs: number; readonly phases: Phases }[];
  /** SSH sessions that the server saw in a deploy. */
  readonly sessions: readonly Sessions[];
  readonly rollbacks: readonly number[];
  readonly returns: readonly number[];
  /** SSH open, `docker compose up -d` that recreates the same service with the image there, SSH closed. */
  readonly composeUps: readonly number[];
}

/** A median beside its target. */
interface Aim {
  readonly median: number;
  readonly target: number;
  readonly met: boolean;
  readonly values: readonly number[];
}

const targets = { beyondMs: 1500, roundTrips: 8, warmRollbackMs: 1000, returnMs: 50 };

/** What `npm run bench:deploy` prints in its last line. */
export function figures(measured: Measured): object {
  const { deploys, sessions, rollbacks, returns, composeUps } = measured;
  const beyond = deploys.map(({ phases }) => beyondMs(phases));
  const composeMs = median(composeUps);
  const ratio = (ms: number): number => Math.round((ms / composeMs) * 100) / 100;
  const names = Object.keys(deploys[0]?.phases ?? {}) as PhaseName[];
  return {
    bench: 'deploy',
    runs: deploys.length,
    deployBeyondMs: aim(beyond, targets.beyondMs),
    // Every command or upload is one; all channels to the engine's API together are one.
    roundTrips: aim(
      sessions.map(({ commands, api }) => commands + Math.min(api, 1)),
      targets.roundTrips,
    ),
    apiChannels: median(sessions.map(({ api }) => api)),
    warmRollbackMs: aim(rollbacks, targets.warmRollbackMs),
    returnMs: aim(returns, targets.returnMs),
    deployWallMs: median(deploys.map(({ wallMs }) => wallMs)),
    phasesMs: Object.fromEntries(
      names.map((name) => [name, median(deploys.map(({ phases }) => phases[name]))]),
    ),
    composeUpMs: { median: composeMs, values: composeUps.map(Math.round) },
    ratios: {
      deployBeyondToComposeUp: ratio(median(beyond)),
      deployWallToComposeUp: ratio(median(deploys.map(({ wallMs }) => wallMs))),
      warmRollbackToComposeUp: ratio(median(rollbacks)),
    },
  };
}

function aim(values: readonly number[], target: number): Aim {
  const middle = median(values);
  return { median: middle, target, met: middle <= target, values: values.map(Math.round) };
}

/** The middle value, rounded; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('there is no median of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[middle - 1] ?? 0, sorted[middle] ?? 0];
  return Math.round(sorted.length % 2 === 1 ? high : (low + high) / 2);
}
