import http from 'node:http';
import https from 'node:https';

/** What can go wrong with a request. `local` is our own doing (out of ports or descriptors) and spoils the whole measurement. */
export type FailureKind =
  | 'refused'
  | 'reset'
  | 'timeout'
  | 'cut'
  | 'status'
  | 'bad-body'
  | 'mixed-versions'
  | 'local'
  | 'other';

/** A way that a request ended: with the version that answered, or failed in a way of its own. */
export type Outcome =
  | { ok: true; version: string }
  | { ok: false; kind: FailureKind; detail: string; reusedConnection: boolean };

/** Where a request goes; `host` is the Host header, `mixed` says whether a frontend may show another version than its backend's. */
export interface Target {
  url: string;
  host?: string | undefined;
  timeoutMs: number;
  mixed: 'fails' | 'allowed';
}

const kindsByCode: Record<string, FailureKind> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
  EADDRNOTAVAIL: 'local',
  EADDRINUSE: 'local',
  EMFILE: 'local',
  ENFILE: 'local',
};

const kindOf = (error: NodeJS.ErrnoException): FailureKind =>
  kindsByCode[error.code ?? ''] ?? 'other';

/** Sends one GET and reads the whole answer; never throws and never sends a second time. */
export const sendRequest = (target: Target, agent: http.Agent): Promise<Outcome> =>
  new Promise((resolve) => {
    const headers = target.host === undefined ? {} : { host: target.host };
    const { get } = target.url.startsWith('https:') ? https : http;
    const request = get(target.url, { agent, headers });
    const fail = (kind: FailureKind, detail: string): void =>
      finish({ ok: false, kind, detail, reusedConnection: request.reusedSocket });
    const deadline = setTimeout(() => {
      fail('timeout', `no complete answer within ${target.timeoutMs} ms`);
      request.destroy();
    }, target.timeoutMs);
    const finish = (outcome: Outcome): void => {
      clearTimeout(deadline);
      resolve(outcome);
    };
    request.on('error', (error) => fail(kindOf(error), error.message));
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', (error) => fail('cut', error.message));
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const verdict = judge(response.statusCode ?? 0, body, target.mixed);
        if (verdict.ok) finish(verdict);
        else fail(verdict.kind, verdict.detail);
      });
    });
  });

const judge = (
  status: number,
  body: string,
  mixed: Target['mixed'],
): { ok: true; version: string } | { ok: false; kind: FailureKind; detail: string } => {
  if (status < 200 || status > 299) {
    return { ok: false, kind: 'status', detail: `${status} ${body.slice(0, 200)}` };
  }
  const { version, backend } = fieldsOf(body);
  if (typeof version !== 'string') {
    return { ok: false, kind: 'bad-body', detail: body.slice(0, 200) };
  }
  if (mixed === 'fails' && typeof backend === 'string' && backend !== version) {
    return { ok: false, kind: 'mixed-versions', detail: `frontend ${version}, backend ${backend}` };
  }
  return { ok: true, version };
};

const fieldsOf = (body: string): { version?: unknown; backend?: unknown } => {
  try {
    return Object(JSON.parse(body)) as { version?: unknown; backend?: unknown };
  } catch {
    return {};
  }
};
