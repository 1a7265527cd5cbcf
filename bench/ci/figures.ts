import { median } from '../deploy/figures';

/** What was measured, one value a round; milliseconds. */
export interface Measured {
  /** From the start of a built action to its first line. */
  readonly starts: { readonly imageTags: readonly number[]; readonly mergeGate: readonly number[] };
  /** The same work of one size and of twice that size, in the same round. */
  readonly rules: readonly Doubled[];
  readonly checks: readonly Doubled[];
}
interface Doubled {
  readonly ms: number;
  readonly doubledMs: number;
}

/** Twice the work in twice the time is 2, in the square of it 4. */
const growthTarget = 3;
const startTarget = 150;

/** What `npm run bench:ci` prints in its last line. @param sizes how many rules and checks were judged */
export function figures(measured: Measured, sizes: { rules: number; checks: number }): object {
  const { starts, rules, checks } = measured;
  return {
    bench: 'ci',
    startMs: { imageTags: start(starts.imageTags), mergeGate: start(starts.mergeGate) },
    rules: { count: sizes.rules, ...work(rules) },
    checks: { count: sizes.checks, ...work(checks) },
  };
}

function start(values: readonly number[]): object {
  const middle = median(values);
  return {
    median: middle,
    target: startTarget,
    met: middle <= startTarget,
    values: values.map(Math.round),
  };
}

function work(rounds: readonly Doubled[]): object {
  const ratios = rounds.map(({ ms, doubledMs }) => (100 * doubledMs) / ms);
  const growth = median(ratios) / 100;
  return {
    median: median(rounds.map(({ ms }) => ms)),
    values: rounds.map(({ ms }) => Math.round(ms)),
    growthWhenDoubled: { median: growth, target: growthTarget, met: growth <= growthTarget },
  };
}
