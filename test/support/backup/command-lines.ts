import { readdirSync, readFileSync } from 'node:fs';

/** Reads every command line on this machine, containers' too, 100 times a second; `end` gives all that were seen. */
export function commandLines(): { end: () => readonly string[] } {
  const seen = new Set<string>();
  const look = (): void => {
    for (const id of readdirSync('/proc')) {
      if (!/^\d+$/.test(id)) continue;
      try {
        seen.add(readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' '));
      } catch {
        // It has ended.
      }
    }
  };
  const timer = setInterval(look, 10);
  return {
    end: () => {
      clearInterval(timer);
      return [...seen];
    },
  };
}
