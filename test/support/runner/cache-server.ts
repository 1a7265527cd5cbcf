import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

interface Entry {
  readonly key: string;
  readonly version: string;
  readonly content: Buffer;
}

/** GitHub's cache as a step sees it. */
export interface CacheServer {
  /** What a step has in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Keys that are kept, the oldest first. */
  readonly keys: readonly string[];
  /** 'down' answers every request with 500. */
  behave(as: 'well' | 'down'): void;
  close(): void;
}

/**
 * The first protocol of GitHub's cache service (`_apis/artifactcache`, as @actions/cache speaks it on GitHub Enterprise Server and
 * under act), for one branch: the newest entry whose key begins with the first key that fits any.
 */
export async function startCacheServer(): Promise<CacheServer> {
  const entries: Entry[] = [];
  const open = new Map<string, Entry>();
  let behaviour = 'well';
  const server = createServer((request, response) => {
    if (behaviour === 'down') response.writeHead(500).end('{}');
    else void answer(request, response, { entries, open, origin: origin() });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    env: {
      ACTIONS_CACHE_URL: `${origin()}/`,
      ACTIONS_RUNTIME_TOKEN: 'runtime-token',
      ACTIONS_CACHE_SERVICE_V2: '',
    },
    get keys() {
      return entries.map(({ key }) => key);
    },
    behave: (as) => {
      behaviour = as;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Store {
  readonly entries: Entry[];
  readonly open: Map<string, Entry>;
  readonly origin: string;
}

async function answer(request: IncomingMessage, response: ServerResponse, store: Store) {
  const url = new URL(request.url ?? '/', store.origin);
  const [, number = ''] = /(\d+)$/.exec(url.pathname) ?? [];
  const body = await buffer(request);
  if (url.pathname.startsWith('/content/')) {
    response.end(store.entries[Number(number)]?.content);
    return;
  }
  const known = request.headers.authorization === 'Bearer runtime-token';
  const [status, value] = known ? reply(request, url, number, body, store) : [401];
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(value === undefined ? undefined : JSON.stringify(value));
}

type Reply = readonly [status: number, value?: unknown];

function reply(
  { method }: IncomingMessage,
  url: URL,
  number: string,
  body: Buffer,
  store: Store,
): Reply {
  const { entries, open } = store;
  if (method === 'GET') {
    const found = find(entries, url.searchParams);
    return found === undefined ? [204] : [200, locate(found, store)];
  }
  if (method === 'POST' && number === '') {
    const { key, version } = JSON.parse(body.toString()) as Entry;
    if (entries.some((one) => one.key === key && one.version === version)) return [409];
    const cacheId = open.size + 1;
    open.set(String(cacheId), { key, version, content: Buffer.alloc(0) });
    return [201, { cacheId }];
  }
  const entry = open.get(number);
  if (entry === undefined) return [404];
  if (method === 'PATCH')
    open.set(number, { ...entry, content: Buffer.concat([entry.content, body]) });
  else entries.push(entry);
  return [204];
}

function find(entries: readonly Entry[], query: URLSearchParams): Entry | undefined {
  const fitting = entries.filter(({ version }) => version === query.get('version'));
  for (const wanted of (query.get('keys') ?? '').split(',')) {
    const found = fitting.findLast(({ key }) => key.startsWith(wanted));
    if (found !== undefined) return found;
  }
  return undefined;
}

const locate = (entry: Entry, { entries, origin }: Store) => ({
  cacheKey: entry.key,
  archiveLocation: `${origin}/content/${entries.indexOf(entry)}`,
});
