import { z } from 'zod';
import { parseJson } from '../json';

/** What a registry is shown. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** It is changed for a token at the registry's token server. */
  | { readonly kind: 'identity'; readonly token: string }
  /** It is a token of the registry itself. */
  | { readonly kind: 'token'; readonly token: string };

/** Where a docker configuration has the login for a registry. */
export type StoredLogin =
  | { readonly in: 'file'; readonly credentials: Credentials }
  | {
      readonly in: 'helper';
      readonly helper: string;
      /** What the helper is asked for. */
      readonly server: string;
    }
  | { readonly in: 'nowhere' };

const text = z.string().optional();
const login = z.object({
  auth: text,
  username: text,
  password: text,
  identitytoken: text,
  registrytoken: text,
});
const schema = z.object({
  auths: z.record(z.string(), login).default({}),
  credHelpers: z.record(z.string(), z.string()).default({}),
  credsStore: text,
});

const hubKey = 'https://index.docker.io/v1/';

/**
 * Finds the login for a registry in the text of a `config.json`, in docker's own order: a helper for this registry, the store
 * for all, the file. Null when the text is no docker configuration.
 */
export function storedLogin(config: string, registry: string): StoredLogin | null {
  const parsed = schema.safeParse(parseJson(config));
  if (!parsed.success) return null;
  const { auths, credHelpers, credsStore } = parsed.data;
  const server = registry === 'docker.io' ? hubKey : registry;
  const helper = (credHelpers[server] ?? credHelpers[registry] ?? credsStore) || undefined;
  if (helper !== undefined) return { in: 'helper', helper, server };
  const key = Object.keys(auths).find((one) => hostOf(one) === hostOf(server));
  const found = auths[server] ?? (key === undefined ? undefined : auths[key]);
  const credentials = found === undefined ? null : credentialsOf(found);
  return credentials === null ? { in: 'nowhere' } : { in: 'file', credentials };
}

function credentialsOf(found: z.output<typeof login>): Credentials | null {
  const { auth = '', identitytoken = '', registrytoken = '' } = found;
  if (registrytoken !== '') return { kind: 'token', token: registrytoken };
  if (identitytoken !== '') return { kind: 'identity', token: identitytoken };
  const [, username, password] = /^([^:]*):(.*)$/s.exec(decoded(auth)) ?? [
    auth,
    found.username,
    found.password,
  ];
  if (username === undefined || password === undefined || username === '') return null;
  return { kind: 'password', username, password: password.replace(/\0+$/, '') };
}

const answer = z.object({ Username: z.string(), Secret: z.string() });

/** What `docker-credential-… get` printed; null when it is no login. */
export function helperAnswer(stdout: string): Credentials | null {
  const parsed = answer.safeParse(parseJson(stdout));
  if (!parsed.success) return null;
  const { Username: username, Secret: secret } = parsed.data;
  if (username === '<token>') return { kind: 'identity', token: secret };
  return { kind: 'password', username, password: secret };
}

/** Old configurations name a registry by the address of its API. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}

function decoded(base64: string): string {
  try {
    return new TextDecoder().decode(
      Uint8Array.from(atob(base64), (char) => char.codePointAt(0) ?? 0),
    );
  } catch {
    return '';
  }
}
