import { z } from 'zod';
import { parseJson } from '../../domain/json';
import { readChallenge, type Challenge } from '../../domain/registry/auth-challenge';
import type { Credentials } from '../../domain/registry/docker-config';
import { keepsSafe } from '../../domain/registry/registry-address';
import { RegistryFailure } from '../../errors';
import { exchange, type Exchange, type ExchangeTools } from './exchange';
import { failure, refusedBy } from './failures';

/** What a registry is shown, request by request. */
export interface Authorization {
  /** Header for a request in these scopes; null = the registry has not asked for one yet. */
  header(scopes: readonly string[]): Promise<string | null>;
  /** Header after a 401 with this challenge; null when there is nothing that could help. */
  answer(challenge: string, scopes: readonly string[]): Promise<string | null>;
  /** Whether it has a login at all. */
  known(): Promise<boolean>;
}

interface Options extends ExchangeTools {
  readonly origin: URL;
  readonly credentials: () => Promise<Credentials | null>;
  /** Told each secret, so that no message can show one that a server sends back. */
  readonly conceal: (secret: string) => void;
}

/** Logs in as the registry asks for it: https://distribution.github.io/distribution/spec/auth/token/. */
export function authorization(options: Options): Authorization {
  const tokens = new Map<string, string>();
  let challenge: Challenge | null = null;
  const header = async (scopes: readonly string[]): Promise<string | null> => {
    if (challenge === null) return null;
    const credentials = await options.credentials();
    if (challenge.scheme === 'basic')
      return credentials?.kind === 'password' ? `Basic ${basicLogin(credentials)}` : null;
    if (credentials?.kind === 'token') return `Bearer ${credentials.token}`;
    const key = scopes.join(' ');
    const token = tokens.get(key) ?? (await askToken(challenge, credentials, scopes, options));
    options.conceal(token);
    tokens.set(key, token);
    return `Bearer ${token}`;
  };
  return {
    header,
    answer: (text, scopes) => {
      challenge = readChallenge(text);
      // Tokens last for minutes: an old one is what was refused.
      tokens.delete(scopes.join(' '));
      return header(scopes);
    },
    known: async () => (await options.credentials()) !== null,
  };
}

/** User and password as a header has them. */
export function basicLogin({
  username,
  password,
}: Extract<Credentials, { kind: 'password' }>): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

const longestToken = 1024 * 1024;

type Bearer = Extract<Challenge, { scheme: 'bearer' }>;

const answer = z
  .object({ token: z.string().optional(), access_token: z.string().optional() })
  .transform(({ token = '', access_token = '' }) => token || access_token);

async function askToken(
  { realm, service }: Bearer,
  credentials: Credentials | null,
  scopes: readonly string[],
  { origin, ...tools }: Options,
): Promise<string> {
  const url = URL.parse(realm);
  if (url === null || !keepsSafe(origin, url)) {
    const says = `${origin.host} wants logins at ${JSON.stringify(realm.slice(0, 200))}, which is no address with HTTPS`;
    throw new RegistryFailure(says, 0, null, { hint: 'Look at the registry.' });
  }
  const request = tokenRequest(url, service, credentials, scopes);
  const given = await exchange(request, tools);
  if (given.status !== 200) throw refusedBy(request, given, loginHint(credentials !== null));
  const text = Buffer.from(given.bytes).toString('utf8');
  const token = answer.safeParse(parseJson(text)).data ?? '';
  if (token === '') throw failure(request, 200, 'its answer has none');
  return token;
}

function tokenRequest(
  realm: URL,
  service: string | null,
  credentials: Credentials | null,
  scopes: readonly string[],
): Exchange {
  const what = `for a token (${scopes.join(' ')})`;
  const fields = new URLSearchParams();
  if (service !== null) fields.set('service', service);
  if (credentials?.kind === 'identity') {
    fields.set('grant_type', 'refresh_token');
    fields.set('refresh_token', credentials.token);
    fields.set('client_id', 'shiplock');
    fields.set('scope', scopes.join(' '));
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = fields.toString();
    return {
      what,
      method: 'POST',
      url: realm,
      headers,
      authorization: null,
      body,
      take: longestToken,
    };
  }
  const url = new URL(realm);
  for (const [name, value] of fields) url.searchParams.set(name, value);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  const login = credentials?.kind === 'password' ? `Basic ${basicLogin(credentials)}` : null;
  return { what, method: 'GET', url, headers: {}, authorization: login, take: longestToken };
}

/** What to do when a registry refuses. */
export function loginHint(loggedIn: boolean): string {
  return loggedIn
    ? 'Check registry-username and registry-password (or the docker login of the job), whether the token has expired, and whether it may do this: at ghcr.io the job needs `packages: write`, or `read` for what is only read.'
    : 'Give registry-username and registry-password, or log in before this step (docker/login-action).';
}
