/** Why a registry did not give an image, as far as its words tell. */
export type RegistryTrouble =
  | 'refused'
  | 'missing'
  | 'rate-limit'
  | 'unreachable'
  | 'certificate'
  | 'plain-http'
  | 'broken'
  | 'full-disk'
  | 'unknown';

// In order: the first that matches counts. Engines say it in Go's words, registries in their own.
const words: readonly (readonly [trouble: RegistryTrouble, said: RegExp])[] = [
  ['full-disk', /no space left on device|disk quota exceeded/i],
  ['rate-limit', /toomanyrequests|too many requests|rate limit|status:? 429/i],
  ['plain-http', /server gave HTTP response to HTTPS client/i],
  ['certificate', /x509|certificate|tls:/i],
  [
    'broken',
    /received unexpected HTTP status: 5|\b50[0234] (internal|bad|service|gateway)|internal server error|bad gateway|service unavailable|gateway timeout/i,
  ],
  [
    'unreachable',
    /connection refused|no such host|no route to host|i\/o timeout|timeout exceeded|deadline exceeded|did not answer|network is unreachable|connection reset|server misbehaving|\bEOF\b/i,
  ],
  [
    'refused',
    /unauthorized|authentication required|incorrect username or password|no basic auth credentials|access denied|access to the resource is denied|denied|forbidden|status (401|403)/i,
  ],
  ['missing', /manifest unknown|not found|no such manifest|name unknown|status 404/i],
];

/** Reads what an engine or a registry said. */
export function registryTrouble(said: string): RegistryTrouble {
  return words.find(([, pattern]) => pattern.test(said))?.[0] ?? 'unknown';
}

/** With which login an image was asked for. */
export interface UsedLogin {
  readonly registry: string;
  /** User name of the inputs; null when none was given for this registry. */
  readonly username: string | null;
  /** Whether the server's own `docker login` was tried. */
  readonly own: boolean;
}

/** What is wrong with an image that could not be had, and what to do about it; `said` are the registry's own words. */
export function explainTrouble(
  image: string,
  said: string,
  login: UsedLogin,
): { readonly says: string; readonly fix: string } {
  const trouble = registryTrouble(said);
  const { what, fix } = trouble === 'refused' ? refused(login) : explanations[trouble];
  const named = (text: string): string => text.replaceAll('REGISTRY', login.registry);
  const quoted = said.trim().replace(/\.+$/, '').slice(0, 400);
  return { says: `${image} ${named(what)}: ${quoted}`, fix: named(fix) };
}

interface Explanation {
  readonly what: string;
  /** `REGISTRY` stands for its name. */
  readonly fix: string;
}

function refused({ username, own }: UsedLogin): Explanation {
  if (username !== null) {
    return {
      what: `was refused: REGISTRY does not let ${username} read it`,
      fix: 'check registry-username and registry-password, whether the token has expired, and whether it may read this image',
    };
  }
  return {
    what: own
      ? 'was refused: the server’s own docker login at REGISTRY may not read it'
      : 'was refused: REGISTRY does not give it without a login',
    fix: 'give registry-username and registry-password, or run docker login REGISTRY on the server as the user who deploys',
  };
}

const missing: Explanation = {
  what: 'was not found',
  fix: 'push the image first, check its name, or give registry-username and registry-password',
};

const explanations: Readonly<Record<Exclude<RegistryTrouble, 'refused'>, Explanation>> = {
  missing,
  unknown: missing,
  'rate-limit': {
    what: 'was not given: REGISTRY lets this server pull no more for now',
    fix: 'give registry-username and registry-password (a login has a higher limit), use a mirror, or wait',
  },
  unreachable: {
    what: 'was not found, because the server does not reach its registry',
    fix: 'try on the server: curl -sI https://REGISTRY/v2/ (name, firewall, proxy), then run again',
  },
  certificate: {
    what: 'was not found, because the server does not trust the certificate of its registry',
    fix: 'put the CA of the registry into /etc/docker/certs.d/REGISTRY/ca.crt on the server',
  },
  'plain-http': {
    what: 'was not found, because its registry speaks plain HTTP',
    fix: 'let the registry speak TLS, or name it under insecure-registries in /etc/docker/daemon.json on the server',
  },
  broken: {
    what: 'was not given, because its registry is in trouble itself',
    fix: 'look at REGISTRY, then run again',
  },
  'full-disk': {
    what: 'did not fit on the disk of the server',
    fix: 'make room on the server (docker system df shows what Docker holds), then run again',
  },
};
