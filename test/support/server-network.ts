/** What a cut takes away: everything, SSH alone (the app's traffic goes on), or the way to the registry alone. */
export type Cut = 'all' | 'ssh' | 'registry';

// The raw table comes before address translation, so it also stops what is forwarded to containers. Packets vanish without an answer:
// as with a pulled cable, open connections hang instead of being closed.
const rules: Record<Cut, readonly (readonly string[])[]> = {
  all: [
    ['PREROUTING', '-i', 'eth0'],
    ['OUTPUT', '-o', 'eth0'],
  ],
  ssh: [
    ['PREROUTING', '-i', 'eth0', '-p', 'tcp', '--dport', '22'],
    ['OUTPUT', '-o', 'eth0', '-p', 'tcp', '--sport', '22'],
  ],
  registry: [['OUTPUT', '-o', 'eth0', '-p', 'tcp', '--dport', '5000']],
};

const change = (cut: Cut, action: '-I' | '-D') =>
  rules[cut]
    .map(
      ([chain = '', ...match]) =>
        `iptables -w -t raw ${action} ${chain} ${match.join(' ')} -j DROP`,
    )
    .join(' && ');

/** Shell text, run inside the server, that begins a cut. */
export const beginCut = (cut: Cut) => change(cut, '-I');

/** Shell text, run inside the server, that ends a cut; one that is not there (a reboot ended it) is no error. */
export const endCut = (cut: Cut) => `${change(cut, '-D')} 2> /dev/null || true`;
