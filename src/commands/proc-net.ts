/** TCP states that still carry something: ESTABLISHED 01, SYN_RECV 03, CLOSE_WAIT 08 (include/net/tcp_states.h of Linux). */
const open = new Set(['01', '03', '08']);

/**
 * Counts the open connections to a local port in the text of `/proc/<pid>/net/tcp` or `tcp6`, leaving out peers by
 * their IPv4 address (a slot's own containers talk to each other and are no visitors).
 */
export function countConnections(
  text: string,
  port: number,
  leaveOut: ReadonlySet<string>,
): number {
  return text
    .split('\n')
    .slice(1)
    .filter((line) => {
      const [, local, remote, state] = line.trim().split(/\s+/);
      if (local === undefined || remote === undefined || state === undefined) return false;
      return portOf(local) === port && open.has(state) && !leaveOut.has(addressOf(remote));
    }).length;
}

function portOf(socket: string): number {
  return Number.parseInt(socket.slice(socket.lastIndexOf(':') + 1), 16);
}

/** The last 32 bits, little endian, as dotted decimal: an IPv4 address, also when mapped into IPv6. */
function addressOf(socket: string): string {
  const hex = socket.slice(0, socket.lastIndexOf(':')).slice(-8);
  return [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join('.');
}
