/** What goes wrong instead of an answer. The texts and headers are GitHub's: https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api. */
export type Fault =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: unknown;
    }
  /** The connection ends without an answer, or in the middle of one. */
  | { readonly kind: 'drop' | 'cut' }
  /** The answer is right, and late. */
  | { readonly kind: 'slow'; readonly ms: number };

const documentation = 'https://docs.github.com/rest';

/** An answer with GitHub's error body. */
export function refusal(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Fault {
  const body = { message, documentation_url: documentation, status: String(status) };
  return { kind: 'answer', status, headers, body };
}

/** Faults to choose from. */
export const faults = {
  badCredentials: refusal(401, 'Bad credentials'),
  forbidden: refusal(403, 'Resource not accessible by integration'),
  notFound: refusal(404, 'Not Found'),
  invalid: {
    kind: 'answer',
    status: 422,
    body: {
      message: 'Validation Failed',
      errors: [
        {
          resource: 'Status',
          code: 'custom',
          message: 'This SHA and context has reached the maximum number of statuses.',
        },
      ],
      documentation_url: documentation,
      status: '422',
    },
  },
  /** As a proxy in front of the API answers: in HTML. */
  badGateway: {
    kind: 'answer',
    status: 502,
    body: '<html><body><h1>502 Bad Gateway</h1></body></html>',
  },
  /** As a proxy of the network answers that wants a login. */
  html: { kind: 'answer', status: 200, body: '<html><body><h1>Sign in</h1></body></html>' },
  unavailable: refusal(503, 'Service unavailable'),
  serverError: refusal(500, 'Server Error'),
  drop: { kind: 'drop' },
  cut: { kind: 'cut' },
} as const satisfies Readonly<Record<string, Fault>>;

/** The hourly limit is used up. @param resetIn seconds */
export function rateLimit(resetIn: number, status: 403 | 429 = 403): Fault {
  const reset = Math.ceil(Date.now() / 1000) + resetIn;
  return refusal(status, 'API rate limit exceeded for installation ID 1.', {
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(reset),
  });
}

/** Too much at once. @param retryAfter seconds; null = GitHub does not say */
export function secondaryLimit(retryAfter: number | null, status: 403 | 429 = 403): Fault {
  const headers = retryAfter === null ? {} : { 'retry-after': String(retryAfter) };
  const message =
    'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
  return refusal(status, message, headers);
}

/** The answer comes after so many milliseconds. */
export const slow = (ms: number): Fault => ({ kind: 'slow', ms });
