import { RegistryFailure } from '../../errors';

/** Who is asked, and what: `ghcr.io` and `for the manifest octo/app 1.2.3`. */
export interface Asked {
  /** What is wanted, in messages. */
  readonly what: string;
  readonly url: URL;
}

/** What came of it. */
export interface Refused {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/** The failure that an answer stands for. */
export function refusedBy(
  request: Asked,
  { status, headers, bytes }: Refused,
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
  { what, url }: Asked,
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
