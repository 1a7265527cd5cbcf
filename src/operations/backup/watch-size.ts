import { script } from '../../commands/shell';
import { describeProgress } from '../../domain/backup/progress';
import type { Clock } from '../../platform/clock';
import type { Host } from '../../platform/host';

export interface WatchRequest {
  readonly host: Host;
  /** Where the files of the dump grow. */
  readonly folder: string;
  readonly lastBytes: number | null;
  readonly tell: (line: string) => void;
  /** Between two looks; default 10 s, so that a short dump tells nothing. */
  readonly everyMs?: number;
  readonly clock: Clock;
}

/** Bytes of all files of a folder, by `ls`, which is alike everywhere, as `stat` is not. */
const sizeScript = `LC_ALL=C ls -ln "$1" | awk '{ sum += $5 } END { printf "%.0f", sum }'`;

/** Tells how far a step is for as long as it runs. A look that fails is left out: the step itself says what is wrong. */
export async function tellingProgress<T>(
  { host, folder, lastBytes, tell, everyMs = 10_000, clock }: WatchRequest,
  step: () => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const startedAt = clock.monotonic();
  void (async () => {
    for (;;) {
      await clock.sleep(everyMs, over.signal);
      if (over.signal.aborted) return;
      const look = await host.exec(script(sizeScript, [folder])).catch(() => null);
      const bytes = Number(look?.stdout);
      const elapsedMs = clock.monotonic() - startedAt;
      if (bytes > 0) tell(describeProgress({ bytes, elapsedMs, lastBytes }));
    }
  })();
  try {
    return await step();
  } finally {
    over.abort();
  }
}
