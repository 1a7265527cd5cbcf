import http from 'node:http';
import { resolvable } from '../resolvable';

/** How an open stream of the sample app ended: `completed` means that its last event came and none was lost on the way. */
export interface StreamReport {
  completed: boolean;
  events: number;
  bytes: number;
  versions: string[];
  error?: string;
}

/** A stream of `seconds`; `opened` resolves with the first event and rejects when none ever came, `ended` always resolves. */
export interface OpenStream {
  opened: Promise<undefined>;
  ended: Promise<StreamReport>;
}

interface StreamEvent {
  version: string;
  number?: number;
  end?: number;
}

/** Opens `/api/stream` at `url` (the origin) on a connection of its own, with `host` as Host header. */
export const openStream = (options: {
  url: string;
  host?: string;
  seconds: number;
}): OpenStream => {
  const events: StreamEvent[] = [];
  let bytes = 0;
  let rest = '';
  const opened = resolvable<undefined>();
  const ended = resolvable<StreamReport>();
  const finish = (error?: string): void => {
    opened.reject(new Error(error ?? 'the stream was empty'));
    ended.resolve(judge(events, bytes, error));
  };
  const read = (chunk: Buffer): void => {
    bytes += chunk.length;
    const lines = (rest + chunk.toString()).split('\n\n');
    rest = lines.pop() ?? '';
    events.push(...lines.map((line) => JSON.parse(line.replace(/^data: /, '')) as StreamEvent));
    if (events.length > 0) opened.resolve(undefined);
  };
  const headers = options.host === undefined ? {} : { host: options.host };
  const request = http.get(`${options.url}/api/stream?seconds=${options.seconds}`, {
    agent: false,
    headers,
  });
  request.on('error', (error) => finish(error.message));
  request.on('response', (response) => {
    if (response.statusCode !== 200) finish(`status ${String(response.statusCode)}`);
    response.on('data', read);
    response.on('error', (error) => finish(error.message));
    response.on('end', () => finish());
  });
  opened.promise.catch(() => undefined); // told by `ended` as well; nobody has to wait for both
  return { opened: opened.promise, ended: ended.promise };
};

const judge = (events: StreamEvent[], bytes: number, error: string | undefined): StreamReport => {
  const numbered = events.filter((event) => event.number !== undefined);
  const inOrder = numbered.every((event, index) => event.number === index);
  const completed = error === undefined && inOrder && events.at(-1)?.end === numbered.length;
  const versions = [...new Set(events.map((event) => event.version))];
  const reason = error ?? (completed ? undefined : 'the stream ended before its last event');
  return {
    completed,
    events: events.length,
    bytes,
    versions,
    ...(reason !== undefined && { error: reason }),
  };
};
