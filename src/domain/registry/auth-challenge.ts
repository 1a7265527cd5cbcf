/** How a registry wants to be logged in to: https://distribution.github.io/distribution/spec/auth/token/. */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service: string | null };

/** Reads a `WWW-Authenticate` header; a token is preferred to the password itself. Null when nothing in it is known. */
export function readChallenge(header: string): Challenge | null {
  const [, bearer] = /(?:^|,\s*)bearer\s+(.*)$/i.exec(header) ?? [];
  const realm = bearer === undefined ? null : parameter(bearer, 'realm');
  if (bearer !== undefined && realm !== null)
    return { scheme: 'bearer', realm, service: parameter(bearer, 'service') };
  return /(?:^|,\s*)basic(?:\s|$)/i.test(header) ? { scheme: 'basic' } : null;
}

function parameter(text: string, name: string): string | null {
  const [, quoted, bare] =
    new RegExp(`(?:^|[\\s,])${name}=(?:"([^"]*)"|([^\\s,"]+))`, 'i').exec(text) ?? [];
  return quoted ?? bare ?? null;
}
