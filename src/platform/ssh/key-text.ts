/** A private key's PEM block, whatever a secret store, an editor or a copy had done to its lines. */
export interface KeyText {
  /** What stands between `BEGIN` and the dashes, such as `OPENSSH PRIVATE KEY`. */
  readonly label: string;
  /** Lines of the old encrypted format, such as `DEK-Info: …`; empty otherwise. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** The block with clean lines, as every parser reads it. */
  readonly pem: string;
}

/** What is wrong with a key (after "The private key …"), and what to do about it; never a part of it. */
export interface KeyProblem {
  readonly problem: string;
  readonly hint: string;
}

const whole = 'Paste the whole private key file, from its first to its last dashed line.';

/**
 * Finds the private key in what came out of a secret. Repaired are: line ends, lost or literal (`\n`) line breaks, indentation,
 * quotes around it, base64 around it, and other PEM blocks beside it. What is something else is named.
 */
export function readKeyText(raw: string): KeyText | KeyProblem {
  const text = unwrap(raw);
  const match = /-----BEGIN ((?:[A-Z0-9]+ )*PRIVATE KEY)-----([\s\S]*?)-----END \1-----/.exec(text);
  if (match === null) return whatElse(text);
  const [, label = '', inside = ''] = match;
  const encrypted = /^\s*Proc-Type: 4,ENCRYPTED\s+DEK-Info: ([A-Z0-9-]+,[0-9A-Fa-f]+)\s/.exec(
    inside,
  );
  const headers = encrypted ? ['Proc-Type: 4,ENCRYPTED', `DEK-Info: ${encrypted[1] ?? ''}`] : [];
  const base64 = inside.slice(encrypted?.[0].length ?? 0).replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return { problem: 'is damaged', hint: whole };
  const lines = base64.match(/.{1,64}/g) ?? [];
  const head = headers.length > 0 ? [...headers, ''] : [];
  const pem = [`-----BEGIN ${label}-----`, ...head, ...lines, `-----END ${label}-----`, ''];
  return { label, headers, body: Buffer.from(base64, 'base64'), pem: pem.join('\n') };
}

function unwrap(raw: string): string {
  const text = raw.replaceAll('\uFEFF', '').trim();
  const bare = /^(["'`])([\s\S]*)\1$/.exec(text)?.[2] ?? text;
  const lines = bare.replaceAll(/\\r\\n|\\n|\\r/g, '\n').trim();
  if (!/^[A-Za-z0-9+/\s]+={0,2}$/.test(lines)) return lines;
  const decoded = Buffer.from(lines, 'base64').toString('latin1');
  return /^\s*(-----BEGIN |PuTTY-User-Key-File)/.test(decoded) ? unwrap(decoded) : lines;
}

/** What people paste instead; the first that fits is told. */
const others: readonly (readonly [looks: RegExp, problem: string, hint: string])[] = [
  [/^$/, 'is empty', whole],
  [
    /^\S+-cert-v0[01]@openssh\.com /,
    'is an SSH certificate',
    'Give the private key; logins with certificates are not supported, so its public half must stand in authorized_keys.',
  ],
  [
    /^(ssh|ecdsa|sk)-\S+ AAAA|^-+ ?BEGIN (SSH2 |RSA |EC )?PUBLIC KEY/,
    'is a public key',
    'Give the private half: the file of the same name without `.pub`.',
  ],
  [
    /^PuTTY-User-Key-File/,
    'is in the format of PuTTY (.ppk)',
    'Convert it: `puttygen key.ppk -O private-openssh-new -o key`, or in PuTTYgen: Conversions, Export OpenSSH key.',
  ],
  [
    /^-+ ?BEGIN SSH2 ENCRYPTED PRIVATE KEY/,
    'is in the format of ssh.com',
    'Convert it: `ssh-keygen -i -f file > key`.',
  ],
  [/^-----BEGIN CERTIFICATE/, 'is a TLS certificate', 'Give the private SSH key.'],
  [/^SHA256:/, 'is a fingerprint', 'Give the private key; fingerprints belong in `known-hosts`.'],
  [
    /^(~|\.{0,2}\/|[A-Za-z]:\\)\S*$/,
    'is the path of a file',
    'Give what the file holds: it is not read from the disk.',
  ],
  [
    /-----BEGIN (\w+ )*PRIVATE KEY-----/,
    'is cut off: its last line, "-----END … PRIVATE KEY-----", is missing',
    whole,
  ],
  [
    /-----END (\w+ )*PRIVATE KEY-----/,
    'is cut off: its first line, "-----BEGIN … PRIVATE KEY-----", is missing',
    whole,
  ],
  [/^b3BlbnNzaC1rZXktdjE/, 'has lost its first and its last line', whole],
];

function whatElse(text: string): KeyProblem {
  const [, problem, hint] = others.find(([looks]) => looks.test(text)) ?? [];
  return {
    problem: problem ?? 'is no private key: it does not start with "-----BEGIN"',
    hint: hint ?? whole,
  };
}
