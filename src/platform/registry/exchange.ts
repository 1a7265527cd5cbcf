import { keepsSafe } from '../../domain/registry/registry-address';
import { RegistryFailure, messageOf } from '../../errors';
import type { Clock } from '../clock';
import { errorField } from '../error-field';

/** One request, with what makes it safe to send. */
export interface Exchange {
  /** What is wanted, in messages: `to give the manifest octo/app:1.2.3`. */
  readonly what: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent to the host of `url` alone, never to where that sends us on. */
  readonly authorization: string | null;
  /** A stream goes once; it is not tried again, and may take its time. */
  readonly body?: string | Uint8Array<ArrayBuffer> | ReadableStream | undefined;
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
/** From the request to the last byte of an answer that is not `long`. */
const deadlineMs = 60_000;
const redirects = 5;
/** What a registry may say when it refuses, in bytes. */
const longestRefusal = 64 * 1024;

/** Sends a request; repeats it on 429, 5xx and when no answer came. Throws a RegistryFailure once that does not help. */
export async function exchange(request: Exchange, tools: ExchangeTools): Promise<Answer> {
  const tries = request.body instanceof ReadableStream ? 1 : attempts;
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
  const streams = request.take === 'stream' || body instanceof ReadableStream;
  const limit = streams ? signal : AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
  let { url } = request;
  let own = true;
  for (let hop = 0; hop <= redirects; hop += 1) {
    const response = await fetch(url, {
      ...{ method, redirect: 'manual', signal: limit },
      headers: {
        'user-agent': 'shiplock',
        'accept-encoding': 'identity',
        ...request.headers,
        ...(own && authorization !== null && { authorization }),
      },
      ...(body !== undefined && { body, duplex: 'half' }),
    });
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

/** The failure that an answer stands for. */
export function refusedBy(
  request: Pick<Exchange, 'what' | 'url'>,
  { status, headers, bytes }: Pick<Answer, 'status' | 'headers' | 'bytes'>,
  hint?: string,
): RegistryFailure {
  const busy = status === 429 || status >= 500;
  const seconds = Number(headers.get('retry-after'));
  const retryAfterMs = !busy ? null : seconds > 0 ? seconds * 1000 : 0;
  const words = wordsOf(Buffer.from(bytes).toString('utf8'));
  const text = words === '' ? `HTTP ${status}` : `HTTP ${status}, ${words}`;
  return failure(request, status, text, retryAfterMs, hint);
}

const again =
  'Look at the registry, then run again: what is written already stays, and nothing is written twice.';

/** A failure in the words that all of them have: who was asked what, and what came of it. */
export function failure(
  { what, url }: Pick<Exchange, 'what' | 'url'>,
  status: number,
  said: string,
  retryAfterMs: number | null = null,
  hint?: string,
  cause?: unknown,
): RegistryFailure {
  const text = `${url.host} was asked ${what}: ${said}`;
  return new RegistryFailure(text, status, retryAfterMs, {
    hint: hint ?? hints[status] ?? again,
    cause,
  });
}

const hints: Readonly<Record<number, string>> = {
  404: 'Check the name. What a login may not see is not found either.',
  429: 'The registry allows no more for now. Wait some minutes; a login has a higher limit than none.',
};

/** Registries answer with a list of errors: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes. */
function wordsOf(said: string): string {
  if (/^\s*</.test(said)) return 'with a web page';
  const found = [...said.matchAll(/"(?:code|message)"\s*:\s*"((?:[^"\\]|\\.)*)"/g)];
  const words = found.length === 0 ? said : found.map(([, word = '']) => word).join(' ');
  return words
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 300);
}
