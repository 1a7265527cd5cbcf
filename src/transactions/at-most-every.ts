import type { Clock } from '../platform/clock';

/** Passes on what comes when the last one is old enough: a sign of life, no flood. */
export function atMostEvery(
  clock: Clock,
  ms: number,
  say: (text: string) => void,
): (text: string) => void {
  let last = clock.monotonic();
  return (text) => {
    if (clock.monotonic() - last < ms) return;
    last = clock.monotonic();
    say(text);
  };
}
