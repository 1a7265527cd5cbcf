/** A server as the user names it; what is null comes from the SSH defaults. */
export interface HostAddress {
  readonly user: string | null;
  readonly host: string;
  readonly port: number | null;
}

const shape =
  /^(?:([^\s@:]+)@)?(?:\[([0-9a-fA-F:.%\w]+)\]|([^\s@:[\]-][^\s@:[\]]*))(?::(\d{1,5}))?$/;

/** Reads `[user@]host[:port]`, an IPv6 address in brackets; undefined when it is not one. */
export function parseHostAddress(text: string): HostAddress | undefined {
  const match = shape.exec(text.trim());
  if (match === null) return undefined;
  const [, user, bracketed, plain, portText] = match;
  const port = portText === undefined ? null : Number(portText);
  if (port !== null && (port < 1 || port > 65_535)) return undefined;
  return { user: user ?? null, host: bracketed ?? plain ?? '', port };
}

/** The address as a user would write it. */
export function formatHostAddress({ user, host, port }: HostAddress): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `${user === null ? '' : `${user}@`}${name}${port === null ? '' : `:${port}`}`;
}

/** Reads `proxy-jump`: hosts to go through, the first one first, with commas between; `none` is none. Undefined where one is no address. */
export function parseJumps(text: string): readonly HostAddress[] | undefined {
  if (text.trim() === 'none') return [];
  const jumps = text.split(',').map(parseHostAddress);
  return jumps.every((jump) => jump !== undefined) ? jumps : undefined;
}
