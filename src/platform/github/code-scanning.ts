import type { GithubClient } from './github-client';

/** What became of an analysis. */
export type AnalysisState =
  | { readonly kind: 'pending' | 'complete' }
  | { readonly kind: 'failed'; readonly errors: readonly string[] };

/** GitHub's code scanning: https://docs.github.com/en/rest/code-scanning/code-scanning. */
export interface CodeScanningApi {
  /** @param sarif packed by gzip, in base64 @returns id of the upload */
  upload(place: { readonly ref: string; readonly sha: string }, sarif: string): Promise<string>;
  state(id: string): Promise<AnalysisState>;
}

/** Each call throws a GithubFailure that says what is missing. */
export function codeScanningApi(client: GithubClient): CodeScanningApi {
  return {
    upload: ({ ref, sha }, sarif) =>
      client.ask('whether it takes the SARIF file', async (octokit, at) => {
        const analysis = { ...at, ref, commit_sha: sha, sarif };
        const { data } = await octokit.rest.codeScanning.uploadSarif(analysis);
        if (data.id === undefined) throw new Error('it has no id');
        return data.id;
      }),
    state: (id) =>
      client.ask('what became of the SARIF file', async (octokit, at) => {
        const { data } = await octokit.rest.codeScanning.getSarif({ ...at, sarif_id: id });
        return data.processing_status === 'failed'
          ? { kind: 'failed', errors: data.errors ?? [] }
          : { kind: data.processing_status ?? 'pending' };
      }),
  };
}
