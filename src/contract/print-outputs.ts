import type { OutputFields } from './define-action';

export type PrintedOutputs =
  | { readonly ok: true; readonly texts: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly problems: readonly string[] };

/** The texts for GITHUB_OUTPUT of the values a run gave, or how they break the contract. */
export function printOutputs(
  fields: OutputFields,
  values: Readonly<Record<string, unknown>>,
): PrintedOutputs {
  const texts = new Map<string, string>();
  const problems: string[] = [];
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const field = fields[name];
    const result = field?.schema.safeParse(value);
    if (field === undefined || result === undefined)
      problems.push(`${name} is not in the contract`);
    else if (result.success) texts.set(name, field.print(result.data));
    else problems.push(...result.error.issues.map(({ message }) => `${name}: ${message}`));
  }
  return problems.length === 0 ? { ok: true, texts } : { ok: false, problems };
}
