import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that GitHub was sent. */
export interface GithubRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly token: string;
}

/** An answer: a body, with the path of its next page where there is one; or a status that is none of success. */
export type GithubAnswer =
  { readonly body: unknown; readonly next?: string } | { readonly status: number };

/** A stand-in for GitHub's REST API on loopback: answers by path, notes what it was asked; unknown paths are 404. */
export async function startFakeGithub(
  answers: Readonly<Record<string, GithubAnswer>>,
): Promise<{ url: string; requests: GithubRequest[]; close(): void }> {
  const requests: GithubRequest[] = [];
  const server: Server = createServer((request, response) => {
    const path = request.url ?? '';
    const token = (request.headers.authorization ?? '').replace(/^\w+ /, '');
    requests.push({ method: request.method ?? '', path, token });
    const answer = answers[path] ?? { status: 404 };
    const status = 'status' in answer ? answer.status : 200;
    const { port } = server.address() as AddressInfo;
    const link =
      'next' in answer
        ? { link: `<http://127.0.0.1:${port}${answer.next ?? ''}>; rel="next"` }
        : {};
    response.writeHead(status, { 'content-type': 'application/json', ...link });
    response.end(JSON.stringify('body' in answer ? answer.body : { message: `HTTP ${status}` }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
