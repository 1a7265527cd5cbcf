/** Shorter values are words and numbers that stand everywhere; hiding them would hide the log, not the secret. */
const shortestSecret = 8;

// The first and last line of a PEM file are the same for everybody.
const publicLine = /^-----(?:BEGIN|END) [A-Z0-9 ]+-----$/;

/**
 * Every form in which a secret could show up: the whole value, each line, and of both the JSON, URL and base64 spellings,
 * base64 also where the secret begins inside a longer text. Forms under 8 characters are left out.
 */
export function maskForms(value: string): readonly string[] {
  const plain = [value, value.trim(), ...value.split(/\r\n|\r|\n/).map((line) => line.trim())];
  const secret = plain.filter(
    (text) => text.trim().length >= shortestSecret && !publicLine.test(text),
  );
  const forms = secret.flatMap((text) => [text, ...spellings(text)]);
  return [...new Set(forms)].filter((form) => form.length >= shortestSecret);
}

function spellings(text: string): string[] {
  const bytes = Buffer.from(text, 'utf8');
  // An unpaired surrogate cannot be written in a URL; the bytes that would be sent can.
  const url = encodeURIComponent(bytes.toString('utf8'));
  const base64 = bytes.toString('base64');
  return [
    JSON.stringify(text).slice(1, -1),
    url,
    url.replaceAll('%20', '+'),
    base64,
    bytes.toString('base64url'),
    ...[0, 1, 2].map((offset) => base64Within(bytes, offset)),
  ];
}

/** The base64 characters that depend on these bytes alone when `offset` other bytes (mod 3) stand before them. */
function base64Within(bytes: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}

/** The secrets of this process, for everything that it prints or writes down. */
export interface Masks {
  /** Remembers a secret; gives the forms that were not known yet. */
  add(value: string): readonly string[];
  /** The text with `***` in place of every known form. */
  hide(text: string): string;
}

/** Starts with no secrets known. */
export function createMasks(): Masks {
  const known = new Set<string>();
  let ordered: readonly string[] | null = null;
  return {
    add: (value) => {
      const fresh = maskForms(value).filter((form) => !known.has(form));
      for (const form of fresh) known.add(form);
      if (fresh.length > 0) ordered = null;
      return fresh;
    },
    hide: (text) => {
      // Longest first, so that no part is hidden while the rest of the longer form stays readable.
      ordered ??= [...known].sort((one, other) => other.length - one.length);
      return ordered.reduce((hidden, form) => hidden.replaceAll(form, '***'), text);
    },
  };
}
