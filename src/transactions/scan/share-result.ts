import { analysedCommit, type ScannedCode } from '../../domain/scan/analysed-commit';
import { isWhole, type ScanJudgement } from '../../domain/scan/judge';
import { GithubFailure } from '../../errors';
import { keepComment } from '../../operations/scan/keep-comment';
import { uploadSarif, type UploadTools } from '../../operations/scan/upload-sarif';
import type { PullCommentsApi } from '../../platform/github/pull-comments';

export interface ShareTools extends UploadTools {
  readonly code: () => Promise<ScannedCode>;
  /** null = the run is of no pull request. */
  readonly comments: PullCommentsApi | null;
  /** gzip, then base64. */
  readonly pack: (text: string) => string;
  readonly tell: (text: string) => void;
}

/** How a view got to GitHub: a note for people, and whether the run has to fail for it. */
export interface Shared {
  readonly notes: readonly string[];
  readonly error: string | null;
}

const nothing: Shared = { notes: [], error: null };

/** Whether alerts are wanted: `auto` takes it well when they cannot be had. */
export type UploadWish = 'auto' | 'true' | 'false';

const instead = 'the findings stand in this summary, and in the SARIF file';

/** Shows the findings as alerts of the repository. @param sarif as GitHub takes it */
export async function shareAlerts(
  wish: UploadWish,
  judgement: ScanJudgement,
  sarif: string,
  tools: ShareTools,
): Promise<Shared> {
  if (wish === 'false') return nothing;
  const why = isWhole(judgement) ? await upload(sarif, tools) : unread;
  if (why === null) return nothing;
  const note = `Code scanning gets no alerts of this run: ${why}; ${instead}`;
  tools.tell(note);
  return wish === 'true'
    ? { notes: [note], error: `The SARIF file was not taken, and upload-sarif is true: ${why}.` }
    : { notes: [note], error: null };
}

/** What is in no analysis counts as mended: a report that was not read to its end would close the alerts of what it did not come to. */
const unread = 'they stay as they are, because a report could not be used';

/** @returns why there are no alerts; null = there are */
async function upload(sarif: string, tools: ShareTools): Promise<string | null> {
  const place = analysedCommit(await tools.code());
  if (place.kind === 'none') return place.why;
  try {
    const state = await uploadSarif(place, tools.pack(sarif), tools);
    if (state.kind === 'failed')
      return `GitHub could not read it: ${state.errors.join('; ').slice(0, 500) || 'no reason given'}`;
    const how = state.kind === 'pending' ? 'taken, and still to be read by GitHub' : 'taken';
    tools.tell(`SARIF for ${place.ref} at ${place.sha.slice(0, 7)}: ${how}`);
    return null;
  } catch (thrown) {
    return reasonOf(thrown);
  }
}

/** Writes, or brings up to date, the one comment of the pull request. Without it a run is no worse: a failure is a note. */
export async function shareComment(
  marker: string,
  text: string,
  { comments, tell }: ShareTools,
): Promise<Shared> {
  if (comments === null) return nothing;
  try {
    tell(`The comment of the pull request is ${await keepComment(comments, marker, text)}`);
    return nothing;
  } catch (thrown) {
    const note = `There is no comment in the pull request: ${reasonOf(thrown)}`;
    tell(note);
    return { notes: [note], error: null };
  }
}

function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof GithubFailure)) throw thrown;
  const { message, hint } = thrown;
  return hint === undefined ? message : `${message}. ${hint.replace(/\.$/, '')}`;
}
