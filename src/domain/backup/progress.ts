import { formatDuration } from '../duration';
import { formatBytes } from './format-bytes';

/** How far a dump is. */
export interface Progress {
  readonly bytes: number;
  /** Since it began. */
  readonly elapsedMs: number;
  /** Bytes that the last backup of this source had in all; null = there is none. */
  readonly lastBytes: number | null;
}

/** `1.2 GB, 83.0 MB/s, about 2 min 5 s left`. What is left is a guess from the last run, and not made once that is passed. */
export function describeProgress({ bytes, elapsedMs, lastBytes }: Progress): string {
  const rate = elapsedMs > 0 ? (bytes / elapsedMs) * 1000 : 0;
  const parts = [formatBytes(bytes), `${formatBytes(rate)}/s`];
  if (rate > 0 && lastBytes !== null && lastBytes > bytes)
    parts.push(`about ${formatDuration(((lastBytes - bytes) / rate) * 1000)} left`);
  return parts.join(', ');
}
