import { Ajv, type ValidateFunction } from 'ajv';
import { components, type Json, type Operation } from './description';

const root = 'https://api.github.com/description';
const settings = { strict: false, validateFormats: false, allErrors: true } as const;
const bodies = new Ajv(settings).addSchema({ components }, root);
// A query has texts only.
const texts = new Ajv({ ...settings, coerceTypes: true }).addSchema({ components }, root);
const compiled = new Map<Json, ValidateFunction>();

/** Where a JSON value is not what its schema wants; empty when it is. */
export function problemsOf(
  value: unknown,
  schema: Json,
  where: string,
  ajv = bodies,
): readonly string[] {
  const validate = compiled.get(schema) ?? ajv.compile(absolute(schema) as Json);
  compiled.set(schema, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const what = JSON.stringify(params);
    return `${where}${instancePath} ${message ?? ''} ${what}`;
  });
}

/** What of a request GitHub's description does not allow. */
export function requestProblems(
  operation: Operation,
  asked: { readonly path: Json; readonly query: Json; readonly body: unknown },
): readonly string[] {
  const known = new Set(
    operation.parameters.filter((one) => one.in === 'query').map(({ name }) => name),
  );
  return [
    ...operation.parameters.flatMap((parameter) => {
      const { name, required = false, schema } = parameter;
      const value = asked[parameter.in][name];
      if (value === undefined) return required ? [`${parameter.in} ${name} is missing`] : [];
      // Types are coerced in an object only.
      return problemsOf({ [name]: value }, parameterSchema(name, schema), parameter.in, texts);
    }),
    ...Object.keys(asked.query)
      .filter((name) => !known.has(name))
      .map((name) => `query ${name} is not known`),
    ...bodyProblems(operation, asked.body),
  ];
}

function bodyProblems({ body }: Operation, given: unknown): readonly string[] {
  if (body === null) return given === null ? [] : ['there must be no body'];
  return problemsOf(given, body, 'body');
}

const wrapped = new Map<Json, Json>();
function parameterSchema(name: string, schema: Json): Json {
  const known = wrapped.get(schema) ?? { type: 'object', properties: { [name]: schema } };
  wrapped.set(schema, known);
  return known;
}

function absolute(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(absolute);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as Json).map(([key, one]) => [
      key,
      key === '$ref' && typeof one === 'string' ? `${root}${one}` : absolute(one),
    ]),
  );
}
