import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** One request that GitHub was sent. */
export interface GithubRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly token: string;
  readonly body: unknown;
}

/** An answer: a body, with the path of its next page where there is one; a status that is none of success; or none at all. */
export type GithubAnswer =
  | { readonly body: unknown; readonly next?: string }
  | { readonly status: number | 'drop'; readonly headers?: Readonly<Record<string, string>> };

export interface FakeGithub {
  readonly url: string;
  readonly requests: readonly GithubRequest[];
  close(): void;
}

/**
 * A stand-in for GitHub's REST API on loopback: answers by path, one after the other where there are several (the last one stays),
 * and notes what it was asked; unknown paths are 404.
 */
export async function startFakeGithub(
  answers: Readonly<Record<string, GithubAnswer | readonly GithubAnswer[]>>,
): Promise<FakeGithub> {
  const requests: GithubRequest[] = [];
  const asked = new Map<string, number>();
  const server: Server = createServer((request, response) => {
    void (async () => {
      const path = request.url ?? '';
      requests.push(await noted(request));
      const answer = next(answers[path], asked, path);
      if ('status' in answer && answer.status === 'drop') {
        request.socket.destroy();
        return;
      }
      const status = 'status' in answer ? Number(answer.status) : 200;
      const { port } = server.address() as AddressInfo;
      const link = 'next' in answer ? linkTo(port, answer.next ?? '') : {};
      const headers = 'headers' in answer ? answer.headers : {};
      const body = 'body' in answer ? answer.body : { message: `HTTP ${status}` };
      const isText = typeof body === 'string';
      const type = isText ? 'application/vnd.github.raw+json; charset=utf-8' : 'application/json';
      response.writeHead(status, { 'content-type': type, ...link, ...headers });
      response.end(isText ? body : JSON.stringify(body));
    })();
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

async function noted(request: IncomingMessage): Promise<GithubRequest> {
  const body = await text(request);
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    token: (request.headers.authorization ?? '').replace(/^\w+ /, ''),
    body: body === '' ? null : (JSON.parse(body) as unknown),
  };
}

function next(
  answer: GithubAnswer | readonly GithubAnswer[] | undefined,
  asked: Map<string, number>,
  path: string,
): GithubAnswer {
  if (answer === undefined) return { status: 404 };
  const all = 'length' in answer ? answer : [answer];
  const turn = asked.get(path) ?? 0;
  asked.set(path, turn + 1);
  return all[Math.min(turn, all.length - 1)] ?? { status: 404 };
}

const linkTo = (port: number, path: string): { link: string } => ({
  link: `<http://127.0.0.1:${port}${path}>; rel="next"`,
});
