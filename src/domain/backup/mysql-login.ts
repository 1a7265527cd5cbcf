import type { Problem } from '../problem';

/** How the tools log in. What is absent is left to them: the socket, the user of the system, the user's own option file. */
export interface MysqlLogin {
  readonly user: string | null;
  readonly password: string | null;
  /** File with the password where the tools run, as published images take it; instead of `password`. */
  readonly passwordFile: string | null;
  readonly host: string | null;
  readonly port: number | null;
  /** What the connection must be; null = as the client does it by itself. */
  readonly tls: TlsMode | null;
  /** File of the certificate authority, where the tools run. */
  readonly authority: string | null;
}

const tlsModes = ['disabled', 'preferred', 'required', 'verify_ca', 'verify_identity'] as const;
export type TlsMode = (typeof tlsModes)[number];

export const ownLogin: MysqlLogin = {
  user: null,
  password: null,
  passwordFile: null,
  host: null,
  port: null,
  tls: null,
  authority: null,
};

/** What the inputs say of a login. */
export interface GivenLogin {
  readonly user: string | null;
  readonly password: string | null;
}

/** The login in a container of MariaDB or MySQL: what is given, else what its own environment says, root first. */
export function containerLogin(
  { user, password }: GivenLogin,
  environment: ReadonlyMap<string, string>,
): MysqlLogin {
  const find = (names: readonly string[]): string | null =>
    names
      .map((name) => environment.get(name))
      .find((value) => value !== undefined && value !== '') ?? null;
  const secret = (what: string): Pick<MysqlLogin, 'password' | 'passwordFile'> => {
    const names = [`MARIADB_${what}`, `MYSQL_${what}`];
    const text = find(names);
    return {
      password: text,
      passwordFile: text === null ? find(names.map((name) => `${name}_FILE`)) : null,
    };
  };
  if (password !== null) return { ...ownLogin, user: user ?? 'root', password };
  const root = secret('ROOT_PASSWORD');
  const hasRoot = root.password !== null || root.passwordFile !== null;
  if (hasRoot && (user === null || user === 'root')) return { ...ownLogin, user: 'root', ...root };
  const other = find(['MARIADB_USER', 'MYSQL_USER']);
  if (other !== null && (user === null || user === other)) {
    return { ...ownLogin, user: other, ...secret('PASSWORD') };
  }
  return { ...ownLogin, user };
}

/** The database that a container made at its first start. */
export const containerDatabase = (environment: ReadonlyMap<string, string>): string | null =>
  environment.get('MARIADB_DATABASE') ?? environment.get('MYSQL_DATABASE') ?? null;

/** Reads `mysql://user:password@host:3306/database?ssl-mode=REQUIRED&ssl-ca=/path`. Problems never repeat the URL: it is a secret. */
export function readMysqlUrl(
  url: string,
): { readonly login: MysqlLogin; readonly database: string | null } | Problem {
  const wrong = (says: string): Problem => ({
    path: 'url-env',
    says,
    fix: 'give it as mysql://<user>:<password>@<host>:3306/<database>, with signs such as @ / : % in the password written as %40 %2F %3A %25; ?ssl-mode=REQUIRED, VERIFY_CA or VERIFY_IDENTITY with ssl-ca=<file> if the server wants it',
  });
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null) return wrong('the variable holds no URL');
  if (!/^(mysql|mariadb):$/.test(parsed.protocol))
    return wrong('the URL is not one of mysql:// or mariadb://');
  if (parsed.hostname === '') return wrong('the URL names no host');
  const mode = parsed.searchParams.get('ssl-mode')?.toLowerCase() ?? null;
  const tls = tlsModes.find((known) => known === mode) ?? null;
  if (mode !== null && tls === null) return wrong('the URL asks for an ssl-mode that there is not');
  try {
    const part = (text: string): string | null => (text === '' ? null : decodeURIComponent(text));
    const login: MysqlLogin = {
      user: part(parsed.username),
      password: part(parsed.password),
      passwordFile: null,
      host: parsed.hostname.replace(/^\[|\]$/g, ''),
      port: parsed.port === '' ? 3306 : Number(parsed.port),
      tls,
      authority: parsed.searchParams.get('ssl-ca'),
    };
    return { login, database: part(parsed.pathname.slice(1)) };
  } catch {
    return wrong('the URL has a % that no two digits follow');
  }
}
