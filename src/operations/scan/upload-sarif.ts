import type { Clock } from '../../platform/clock';
import type { AnalysisState, CodeScanningApi } from '../../platform/github/code-scanning';

export interface UploadTools {
  readonly codeScanning: CodeScanningApi;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** GitHub takes seconds for most files, and minutes for some. */
const pausesMs = [1000, 2000, 4000, 8000, 15_000, 15_000];

/** Hands an analysis to GitHub and waits, for less than a minute, for what becomes of it. Throws a GithubFailure. */
export async function uploadSarif(
  place: { readonly ref: string; readonly sha: string },
  packed: string,
  { codeScanning, clock, signal }: UploadTools,
): Promise<AnalysisState> {
  const id = await codeScanning.upload(place, packed);
  let state: AnalysisState = { kind: 'pending' };
  for (const pauseMs of pausesMs) {
    await clock.sleep(pauseMs, signal);
    signal.throwIfAborted();
    state = await codeScanning.state(id);
    if (state.kind !== 'pending') break;
  }
  return state;
}
