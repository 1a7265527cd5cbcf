import type { Credentials } from '../../domain/registry/docker-config';
import { keepsSafe, registryOrigin } from '../../domain/registry/registry-address';
import { RegistryFailure } from '../../errors';
import { createMasks, type Masks } from '../github/masks';
import { authorization, basicLogin, loginHint, type Authorization } from './authorization';
import { exchange, isStream, type Answer, type Exchange, type ExchangeTools } from './exchange';
import { failure, refusedBy } from './failures';

/** One question to a registry, logged in as far as it asks for that. */
export interface Question extends Pick<Exchange, 'what' | 'method' | 'take'> {
  /** Below the registry's address, or whole, as registries give the place of an upload. */
  readonly at: string;
  /** What a token must allow: `repository:octo/app:pull`. */
  readonly scopes: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Exchange['body'];
  /** Any other status is a failure. */
  readonly expected: readonly number[];
}

/** A registry, by the API of https://github.com/opencontainers/distribution-spec. */
export interface RegistryConnection {
  /** As references name it. */
  readonly registry: string;
  /** Where its API is. */
  readonly origin: URL;
  ask(question: Question): Promise<Answer>;
  /** The failure of an answer that has the right status and is wrong all the same. @param again whether to ask again may help */
  wrong(question: Pick<Question, 'what'>, says: string, again?: boolean): RegistryFailure;
}

/** @param credentials asked once, when the registry wants a login */
export function connectRegistry(
  registry: string,
  credentials: () => Promise<Credentials | null>,
  tools: ExchangeTools,
): RegistryConnection {
  const origin = new URL(registryOrigin(registry));
  const masks = createMasks();
  let login: Promise<Credentials | null> | undefined;
  const conceal = (text: string): void => void masks.add(text);
  const secret = async (): Promise<Credentials | null> => {
    const found = await (login ??= credentials());
    secretsOf(found).forEach(conceal);
    return found;
  };
  const auth = authorization({ ...tools, origin, credentials: secret, conceal });
  return {
    registry,
    origin,
    ask: (question) =>
      askLoggedIn(question, origin, auth, tools).catch((thrown: unknown) => {
        throw concealed(thrown, masks);
      }),
    wrong: ({ what }, says, again = false) =>
      failure({ what, url: origin }, 0, says, again ? 0 : null),
  };
}

async function askLoggedIn(
  question: Question,
  origin: URL,
  auth: Authorization,
  tools: ExchangeTools,
): Promise<Answer> {
  const { at, scopes, headers = {}, expected, ...rest } = question;
  const url = new URL(at, origin);
  const request = { ...rest, url, headers };
  if (!keepsSafe(origin, url)) throw failure(request, 0, 'it names a place with plain HTTP');
  const mine = url.origin === origin.origin;
  const shown = mine ? await auth.header(scopes) : null;
  let answer = await exchange({ ...request, authorization: shown }, tools);
  // A challenge of the host that a redirect led to is none of ours to answer.
  if (answer.status === 401 && mine && answer.own && !isStream(rest.body)) {
    const header = await auth.answer(answer.headers.get('www-authenticate') ?? '', scopes);
    if (header !== null) answer = await exchange({ ...request, authorization: header }, tools);
  }
  if (expected.includes(answer.status)) return answer;
  const refused = answer.status === 401 || answer.status === 403;
  throw refusedBy(request, answer, refused ? loginHint(await auth.known()) : undefined);
}

function secretsOf(credentials: Credentials | null): readonly string[] {
  if (credentials === null) return [];
  if (credentials.kind !== 'password') return [credentials.token];
  return [credentials.password, basicLogin(credentials)];
}

/** A registry may send back what it was shown. */
function concealed(thrown: unknown, masks: Masks): unknown {
  if (!(thrown instanceof RegistryFailure)) return thrown;
  const { message, status, retryAfterMs, hint, cause } = thrown;
  const shown = masks.hide(message);
  if (shown === message) return thrown;
  return new RegistryFailure(shown, status, retryAfterMs, { hint, cause });
}
