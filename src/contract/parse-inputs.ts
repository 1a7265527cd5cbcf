import { z } from 'zod';
import type { Contract, InputFields, InputsOf, OutputFields } from './define-action';

/** One input that cannot be used, in words. */
export interface InputProblem {
  readonly input: string;
  readonly problem: string;
  readonly fix: string;
}

export type ParsedInputs<Inputs> =
  | { readonly ok: true; readonly inputs: Inputs }
  | { readonly ok: false; readonly problems: readonly InputProblem[] };

/** The one zod schema of an action's inputs: texts by name in, values by name out. */
function inputsSchema<Inputs extends InputFields>(
  contract: Pick<Contract<Inputs, OutputFields>, 'inputs' | 'rules'>,
): z.ZodType<InputsOf<Inputs>> {
  const fields = Object.entries(contract.inputs);
  const object = z.object(Object.fromEntries(fields.map(([name, { schema }]) => [name, schema])));
  const checked = contract.rules.reduce<z.ZodType>(
    (schema, rule) =>
      schema.refine((inputs) => rule.holds(inputs as InputsOf<Inputs>), {
        path: [rule.inputs[0]],
        message: rule.problem,
        params: { fix: rule.fix },
        when: ({ issues }) => !issues.some(({ path }) => rule.inputs.includes(String(path?.[0]))),
      }),
    object,
  );
  // The shape was built from the same fields that InputsOf maps over.
  return checked as z.ZodType<InputsOf<Inputs>>;
}

/** Reads all inputs and tells every problem at once; an empty text counts as not given, as GitHub passes it so. */
export function parseInputs<Inputs extends InputFields>(
  contract: Pick<Contract<Inputs, OutputFields>, 'inputs' | 'rules'>,
  raw: Readonly<Record<string, string>>,
): ParsedInputs<InputsOf<Inputs>> {
  const isGiven = ([name, text]: readonly [string, string]): boolean =>
    contract.inputs[name]?.keepsBlank === true ? text !== '' : text.trim() !== '';
  const given = Object.fromEntries(Object.entries(raw).filter(isGiven));
  const result = inputsSchema(contract).safeParse(given);
  if (result.success) return { ok: true, inputs: result.data };
  const problems = result.error.issues.map((issue): InputProblem => {
    const input = String(issue.path[0]);
    const fix: unknown = issue.code === 'custom' ? issue.params?.['fix'] : undefined;
    return {
      input,
      problem: issue.message,
      fix: typeof fix === 'string' ? fix : (contract.inputs[input]?.format ?? ''),
    };
  });
  return { ok: false, problems };
}
