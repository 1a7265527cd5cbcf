import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { operations, type Json, type Operation } from './description';
import { faults, refusal, type Fault } from './faults';
import type { Answer } from './handler';
import { handlers } from './handlers';
import { problemsOf, requestProblems } from './validate';
import { World } from './world';

/** One request that GitHub was sent. */
export interface GithubRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** As GitHub names it, such as `repos/get`. */
  readonly operation: string;
  readonly token: string;
  readonly body: unknown;
}

/** Requests that go wrong: the next `times` (all, when it is not given) of one operation, or of any. */
export interface Trouble {
  readonly operation?: string;
  readonly times?: number;
  readonly with: Fault;
}

export interface FakeGithub {
  /** What GITHUB_API_URL is. */
  readonly url: string;
  /** What the repository holds; a test changes it at any time. */
  readonly world: World;
  readonly requests: readonly GithubRequest[];
  /** Lets requests fail from now on; troubles of one operation are used up in their order. */
  readonly fail: (trouble: Trouble) => void;
  /** Throws when there was a request that GitHub's description does not allow. */
  readonly close: () => void;
}

/**
 * GitHub's REST API on loopback, for one repository. Every request is judged by GitHub's own description (scripts/github-slice.ts),
 * and so is every answer; what a test adds to its world can be asked for.
 */
export async function startFakeGithub(): Promise<FakeGithub> {
  const world = new World();
  const requests: GithubRequest[] = [];
  const wrong: string[] = [];
  const troubles: (Trouble & { left: number })[] = [];
  const server = createServer((request, response) => {
    answerTo(request, response).catch((thrown: unknown) => {
      wrong.push(String(thrown));
      response.writeHead(400).end(JSON.stringify({ message: String(thrown) }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  async function answerTo(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? '';
    const target = new URL(request.url ?? '', url);
    const sent = await text(request);
    const body: unknown = sent === '' ? null : JSON.parse(sent);
    const token = (request.headers.authorization ?? '').replace(/^\w+ /, '');
    if (target.pathname === '/graphql') {
      // Not of GitHub's REST description: the one question of its other API, whose token this is.
      if (JSON.stringify(body) !== '{"query":"{viewer{login}}"}')
        throw new Error(`GraphQL: ${sent}`);
      requests.push({ method, path: '/graphql', operation: 'graphql', token, body });
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
      response.end(JSON.stringify({ data: { viewer: { login: world.login } } }));
      return;
    }
    const { operation, path } = match(method, target.pathname);
    requests.push({ method, path: request.url ?? '', operation: operation.id, token, body });
    const query = Object.fromEntries(target.searchParams);
    const problems = requestProblems(operation, { path, query, body });
    if (problems.length > 0)
      throw new Error(`${method} ${request.url ?? ''}: ${problems.join('; ')}`);
    const trouble = troubles.find(
      (one) => one.left > 0 && (one.operation ?? operation.id) === operation.id,
    );
    if (trouble !== undefined) trouble.left -= 1;
    const fault = trouble?.with;
    if (fault?.kind === 'slow') await delay(fault.ms, undefined, { ref: false });
    else if (fault !== undefined) {
      fail(response, fault);
      return;
    }
    const refused = refusalOf(operation, path, request.headers, world);
    if (refused !== null) {
      fail(response, refused);
      return;
    }
    const raw = /[.]raw\b/.test(request.headers.accept ?? '');
    const example = (operation.answer?.example ?? {}) as Json;
    const asked = { path, query, body: (body ?? {}) as Json, raw, example };
    const answer = handlers[operation.id]?.answer(world, asked);
    if (answer === undefined) throw new Error(`nobody has told how ${operation.id} is answered`);
    send(response, operation, answer, target);
  }

  return {
    url,
    world,
    requests,
    fail: (trouble) => void troubles.push({ ...trouble, left: trouble.times ?? Infinity }),
    close: () => {
      server.closeAllConnections();
      server.close();
      if (wrong.length > 0)
        throw new Error(
          `GitHub's description does not allow what it was asked:\n${wrong.join('\n')}`,
        );
    },
  };
}

function match(
  method: string,
  pathname: string,
): { operation: Operation; path: Record<string, string> } {
  for (const operation of operations) {
    const found = operation.method === method ? operation.path.exec(pathname) : null;
    if (found === null) continue;
    const decoded = Object.entries(found.groups ?? {}).map(([name, one]) => [
      name,
      decodeURIComponent(one),
    ]);
    return { operation, path: Object.fromEntries(decoded) as Record<string, string> };
  }
  throw new Error(
    `${method} ${pathname}: no operation of test/fixtures/github/openapi.json; add it to scripts/github-slice.ts`,
  );
}

const levels = ['none', 'read', 'write'] as const;

function refusalOf(
  { id }: Operation,
  path: Readonly<Record<string, string>>,
  { authorization, 'user-agent': agent }: IncomingMessage['headers'],
  { repository, permissions }: World,
): Fault | null {
  if (agent === undefined)
    return refusal(
      403,
      'Request forbidden by administrative rules. Please make sure your request has a User-Agent header',
    );
  if (authorization === undefined) return refusal(401, 'Requires authentication');
  if (path['owner'] !== repository.owner || path['repo'] !== repository.name)
    return faults.notFound;
  const [scope = '', access = 'read'] = handlers[id]?.needs ?? [];
  const granted = permissions[scope] ?? 'write';
  if (levels.indexOf(granted) >= levels.indexOf(access)) return null;
  const header = { 'x-accepted-github-permissions': `${scope}=${access}` };
  return refusal(403, 'Resource not accessible by integration', header);
}

function fail(response: ServerResponse, fault: Fault): void {
  if (fault.kind === 'answer') {
    const html = typeof fault.body === 'string';
    const type = html ? 'text/html' : 'application/json; charset=utf-8';
    response.writeHead(fault.status, { 'content-type': type, ...fault.headers });
    response.end(html ? fault.body : JSON.stringify(fault.body));
    return;
  }
  if (fault.kind === 'cut') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"total_count":', () => response.destroy());
  } else response.destroy();
}

const limits = { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '4999' };

function send(response: ServerResponse, operation: Operation, answer: Answer, asked: URL): void {
  const json = { 'content-type': 'application/json; charset=utf-8', ...limits };
  if ('status' in answer) {
    fail(response, refusal(answer.status, answer.message));
    return;
  }
  if ('text' in answer) {
    response.writeHead(200, {
      ...limits,
      'content-type': 'application/vnd.github.raw+json; charset=utf-8',
    });
    response.end(answer.text);
    return;
  }
  const { body, headers } =
    'list' in answer ? pageOf(answer, operation, asked) : { body: answer.body, headers: {} };
  const problems = problemsOf(body, operation.answer?.schema ?? {}, 'answer');
  if (problems.length > 0)
    throw new Error(`the answer to ${operation.id} is none of GitHub's: ${problems.join('; ')}`);
  response.writeHead(operation.status, { ...json, ...headers }).end(JSON.stringify(body));
}

/** https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api */
function pageOf(
  { list, as }: Extract<Answer, { list: unknown }>,
  { parameters }: Operation,
  asked: URL,
): { readonly body: unknown; readonly headers: Readonly<Record<string, string>> } {
  const paged = parameters.some(({ name }) => name === 'page');
  const size = paged ? Math.min(100, Number(asked.searchParams.get('per_page') ?? 30)) : Infinity;
  const page = Number(asked.searchParams.get('page') ?? 1);
  const shown = paged ? list.slice((page - 1) * size, page * size) : list;
  const part = shown.map((make) => make());
  const body = as === undefined ? part : { total_count: list.length, [as]: part };
  if (page * size >= list.length) return { body, headers: {} };
  const next = new URL(asked);
  next.searchParams.set('page', String(page + 1));
  return { body, headers: { link: `<${next.href}>; rel="next"` } };
}
