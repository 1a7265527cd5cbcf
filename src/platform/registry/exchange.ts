import { keepsSafe } from '../../domain/registry/registry-address';
import { RegistryFailure, messageOf } from '../../errors';
import type { Clock } from '../clock';
import { errorField } from '../error-field';
import { failure, refusedBy, type Asked } from './failures';
import { sendStream } from './send-stream';

/** One request, with what makes it safe to send. */
export interface Exchange extends Asked {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH';
  readonly headers: Readonly<Record<string, string>>;
  /** Sent to the host of `url` alone, never to where that sends us on. */
  readonly authorization: string | null;
  /** A stream goes once; it is not tried again, and may take its time. */
  readonly body?: string | Uint8Array<ArrayBuffer> | AsyncIterable<Uint8Array> | undefined;
  /** The most that its answer may have, in bytes; `stream` = with status 200 it is not read here, and may take its time. */
  readonly take: number | 'stream';
}

/** An answer that is neither a redirect nor trouble of the server's own. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Whether it comes from the host that was asked. */
  readonly own: boolean;
  /** All of its body; empty where that is a stream. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly stream: ReadableStream<Uint8Array> | null;
  /** Where it came from in the end. */
  readonly url: URL;
}

export interface ExchangeTools {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly signal: AbortSignal;
}

const attempts = 5;
const longestWaitMs = 60_000;
/** From the request to the last byte of an answer that is no stream. */
const deadlineMs = 60_000;
const redirects = 5;
/** What a registry may say when it refuses, in bytes. */
const longestRefusal = 64 * 1024;

/** Sends a request; repeats it on 429, 5xx and when no answer came. Throws a RegistryFailure once that does not help. */
export async function exchange(request: Exchange, tools: ExchangeTools): Promise<Answer> {
  const tries = isStream(request.body) ? 1 : attempts;
  for (let attempt = 1; ; attempt += 1) {
    const failure = await answerTo(request, tools.signal);
    if (!(failure instanceof RegistryFailure)) return failure;
    tools.signal.throwIfAborted();
    if (failure.retryAfterMs === null || attempt >= tries) throw failure;
    const waitMs = Math.max(failure.retryAfterMs, 500 * 2 ** (attempt - 1));
    await tools.clock.sleep(Math.min(waitMs, longestWaitMs), tools.signal);
  }
}

async function answerTo(request: Exchange, signal: AbortSignal): Promise<Answer | RegistryFailure> {
  try {
    const { response, own, url } = await follow(request, signal);
    const { status, headers } = response;
    const streams = request.take === 'stream' && status === 200;
    const bytes = streams ? new Uint8Array() : await readBytes(response, request);
    if (status === 429 || status >= 500) return refusedBy(request, { status, headers, bytes });
    return { status, headers, own, bytes, stream: streams ? response.body : null, url };
  } catch (thrown) {
    const known = ownFailure(thrown);
    if (known !== null) return known;
    signal.throwIfAborted();
    return unanswered(request, thrown);
  }
}

async function readBytes(response: Response, request: Exchange): Promise<Uint8Array<ArrayBuffer>> {
  const max = request.take === 'stream' ? longestRefusal : request.take;
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.byteLength;
    if (size > max) throw failure(request, 0, `its answer has more than ${max} bytes`);
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** Follows redirects of reads; a body is never sent on. */
async function follow(
  request: Exchange,
  signal: AbortSignal,
): Promise<Pick<Answer, 'own' | 'url'> & { readonly response: Response }> {
  const { method, authorization, body } = request;
  const streams = request.take === 'stream' || isStream(body);
  const limit = streams ? signal : AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
  let { url } = request;
  let own = true;
  for (let hop = 0; hop <= redirects; hop += 1) {
    const headers = {
      'user-agent': 'shiplock',
      'accept-encoding': 'identity',
      ...request.headers,
      ...(own && authorization !== null && { authorization }),
    };
    const options = { method, headers, signal: limit };
    const response = isStream(body)
      ? await sendStream(url, options, body)
      : await fetch(url, { ...options, redirect: 'manual', ...(body !== undefined && { body }) });
    const next = nextOf(response, url, method);
    if (next === null) return { response, own, url };
    if (!keepsSafe(url, next))
      throw failure(request, response.status, `it redirects to plain HTTP at ${next.host}`);
    await response.body?.cancel();
    own &&= next.origin === url.origin;
    url = next;
  }
  throw failure(request, 0, `it redirects more than ${redirects} times`);
}

/** Whether a body comes as it goes, and can be sent only once. */
export function isStream(body: Exchange['body']): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && Symbol.asyncIterator in body;
}

function nextOf(response: Response, url: URL, method: Exchange['method']): URL | null {
  const location = response.headers.get('location');
  const moved = [301, 302, 303, 307, 308].includes(response.status);
  if (!moved || location === null || (method !== 'GET' && method !== 'HEAD')) return null;
  return URL.parse(location, url.href);
}

function unanswered(request: Exchange, thrown: unknown): RegistryFailure {
  const cause: unknown = (thrown as { readonly cause?: unknown } | null)?.cause ?? thrown;
  const code = errorField(cause, 'code');
  const text = errorField(cause, 'message') || messageOf(cause);
  const said = code === '' || text.includes(code) ? text : `${code}: ${text}`;
  return failure(request, 0, `no whole answer came (${said})`, 0, hintFor(code, text), thrown);
}

function hintFor(code: string, text: string): string | undefined {
  if (/CERT|SIGNATURE|SELF_SIGNED/.test(code))
    return 'Let the runner trust its certificate: NODE_EXTRA_CA_CERTS names a file with the authority.';
  if (code === 'EPROTO' || /wrong version number|packet length too long/i.test(text))
    return 'It seems to speak plain HTTP. Only a registry on the runner itself (127.0.0.1, localhost) may: let it speak TLS.';
  return undefined;
}

/** A failure of ours inside whatever the platform wrapped around it: a body that turned out bad while it was sent. */
function ownFailure(thrown: unknown): RegistryFailure | null {
  if (thrown instanceof RegistryFailure) return thrown;
  const cause: unknown = (thrown as { readonly cause?: unknown } | null)?.cause;
  return cause instanceof RegistryFailure ? cause : null;
}
