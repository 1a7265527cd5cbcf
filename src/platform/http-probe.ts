import { request as plainRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { isIP } from 'node:net';
import { messageOf } from '../errors';
import { errorField } from './error-field';

export interface ProbeRequest {
  readonly url: string;
  /** Connects here instead; Host header and TLS name stay the URL's. */
  readonly connectTo?: { readonly host: string; readonly port: number } | undefined;
  readonly method?: 'GET' | 'HEAD' | 'POST' | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** From the look-up of the name to the last byte; default 5 000. */
  readonly timeoutMs?: number | undefined;
  /** Default true; false accepts any certificate. */
  readonly verifyTls?: boolean | undefined;
}

export interface ProbeAnswer {
  readonly kind: 'answer';
  readonly status: number;
  /** Lower-case names; a repeated header is joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** The first 64 KiB. */
  readonly body: string;
  /** From the start to the last byte that was read. */
  readonly durationMs: number;
}

export interface ProbeFailure {
  readonly kind: 'refused' | 'reset' | 'timeout' | 'dns' | 'tls' | 'other';
  readonly message: string;
  readonly durationMs: number;
}

export type ProbeResult = ProbeAnswer | ProbeFailure;
export type Probe = (request: ProbeRequest) => Promise<ProbeResult>;

const MAX_BODY_BYTES = 64 * 1024;

/**
 * One HTTP request on a connection of its own: no redirects, no proxy, no retry. Never throws for what the network or
 * the server did; a URL that is none is a failure of kind `other`.
 */
export const probe: Probe = async (request) => {
  const start = performance.now();
  const elapsed = (): number => performance.now() - start;
  const timeoutMs = request.timeoutMs ?? 5_000;
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const message = await answerTo(request, deadline);
    const body = await readBody(message);
    // A body without a length that the deadline cuts off looks like a complete one.
    deadline.throwIfAborted();
    const headers = joined(message.headers);
    return {
      kind: 'answer',
      status: message.statusCode ?? 0,
      headers,
      body,
      durationMs: elapsed(),
    };
  } catch (thrown) {
    if (deadline.aborted) {
      const message = `no full answer within ${timeoutMs} ms`;
      return { kind: 'timeout', message, durationMs: elapsed() };
    }
    return { kind: kindOf(thrown), message: describe(thrown), durationMs: elapsed() };
  }
};

function answerTo(request: ProbeRequest, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // An abort after the answer also makes the request fail; nobody waits for that any more.
    start(request, signal).on('error', reject).once('response', resolve).end();
  });
}

function start(request: ProbeRequest, signal: AbortSignal): ClientRequest {
  const url = new URL(request.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(`${url.protocol} is no protocol to probe`);
  }
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol === 'https:';
  const options = {
    agent: false as const,
    signal,
    method: request.method ?? 'GET',
    host: request.connectTo?.host ?? name,
    port: request.connectTo?.port ?? (url.port || (secure ? 443 : 80)),
    path: url.pathname + url.search,
    headers: {
      host: url.host,
      'user-agent': 'shiplock',
      accept: '*/*',
      'accept-encoding': 'identity',
      connection: 'close',
      ...request.headers,
    },
  };
  if (!secure) return plainRequest(options);
  return tlsRequest({
    ...options,
    rejectUnauthorized: request.verifyTls ?? true,
    servername: isIP(name) === 0 ? name : '',
  });
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MAX_BODY_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString('utf8');
}

function joined(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

const KINDS: Readonly<Record<string, ProbeFailure['kind']>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EPROTO: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
};

function kindOf(thrown: unknown): ProbeFailure['kind'] {
  const code = errorField(thrown, 'code');
  if (/^(CERT_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH)/.test(code)) return 'tls';
  return KINDS[code] ?? 'other';
}

/** Node's error for several addresses of one name has a code but no text of its own. */
function describe(thrown: unknown): string {
  const message = messageOf(thrown);
  return message === '' ? errorField(thrown, 'code') : message;
}
