import { refusal } from '../problem';

/** What of a webhook's payload names a commit: https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows. */
export interface CommitPayload {
  readonly pull_request?: { readonly head?: { readonly sha: string } | undefined } | undefined;
  readonly merge_group?: { readonly head_sha: string } | undefined;
  readonly workflow_run?: { readonly head_sha: string } | undefined;
}

/**
 * The commit that is to be merged: of a pull request its head, not the commit that GitHub makes to test it; of a run that has ended
 * the commit it was about. @param sha that of the run. Throws a refusal when the payload does not say.
 */
export function judgedCommit(event: string, payload: CommitPayload, sha: string): string {
  switch (event) {
    case 'pull_request':
    case 'pull_request_target':
    case 'pull_request_review':
    case 'pull_request_review_comment':
      return told(event, 'pull_request.head.sha', payload.pull_request?.head?.sha);
    case 'merge_group':
      return told(event, 'merge_group.head_sha', payload.merge_group?.head_sha);
    case 'workflow_run':
      return told(event, 'workflow_run.head_sha', payload.workflow_run?.head_sha);
    default:
      return told(event, 'GITHUB_SHA', sha);
  }
}

function told(event: string, path: string, sha: string | undefined): string {
  if (sha !== undefined && sha !== '') return sha;
  const says = `is not there, so nobody knows which commit is judged`;
  throw refusal(`the event ${event}`, [{ path, says, fix: 'give the commit in the input ref' }]);
}
