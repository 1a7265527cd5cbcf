/** A place that other people can read, and what stands there. */
export interface Place {
  readonly name: string;
  readonly text: string;
}

const shortestSecret = 8;

// The same in everybody's key, so no secret.
const armour = /^-----(BEGIN|END) /;

/** Throws when a secret can be read in one of the places, in whatever form; the error names the place and never the secret. */
export function refuseLeaks(secrets: readonly string[], places: readonly Place[]): void {
  const leaks = secrets.flatMap((secret, index) =>
    places.flatMap(({ name, text }) => {
      const form = secretForms(secret).find(({ spelling }) => text.includes(spelling));
      return form === undefined ? [] : [`${form.kind} of secret ${index + 1} in the ${name}`];
    }),
  );
  if (leaks.length > 0) throw new Error(`a secret can be read: ${leaks.join('; ')}`);
}

interface Form {
  readonly kind: string;
  readonly spelling: string;
}

// Written apart from the product's own masks, so that a form forgotten there is still looked for here.
function secretForms(secret: string): readonly Form[] {
  const lines = secret.split(/[\r\n]+/).map((line) => line.trim());
  return [secret, ...lines]
    .filter((text) => text.length >= shortestSecret && !armour.test(text))
    .flatMap((text) => [
      { kind: 'the text', spelling: text },
      { kind: 'the JSON form', spelling: JSON.stringify(text).slice(1, -1) },
      { kind: 'the URL form', spelling: encodeURIComponent(text) },
      ...base64Forms(text).map((spelling) => ({ kind: 'the base64 form', spelling })),
    ]);
}

/** For each place that the text can have in a longer one: the base64 characters that depend on the text alone. */
function base64Forms(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const forms = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const [start, end] = [(before * 8) / 6, ((before + bytes.length) * 8) / 6];
    return encoded.slice(Math.ceil(start), Math.floor(end));
  });
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}
