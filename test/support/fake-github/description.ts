import { readFileSync } from 'node:fs';
import { slicePath } from '../../../scripts/github-slice';

export type Json = Readonly<Record<string, unknown>>;

/** A parameter of an operation, as GitHub describes it. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required?: boolean;
  readonly schema: Json;
  readonly 'x-multi-segment'?: boolean;
}

/** One thing that GitHub can be asked. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: RegExp;
  readonly parameters: readonly Parameter[];
  /** Schema of the body; null = it takes none. */
  readonly body: Json | null;
  /** The success: its status, and schema and example of its JSON; null where it has none. */
  readonly status: number;
  readonly answer: { readonly schema: Json; readonly example: unknown } | null;
}

interface Content {
  readonly content?: Readonly<
    Record<string, { readonly schema: Json; readonly examples?: Readonly<Record<string, Json>> }>
  >;
}
interface Described {
  readonly operationId: string;
  readonly parameters: readonly Json[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

const slice = JSON.parse(readFileSync(slicePath, 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, Json>>>>;
};

/** What the description says of the parts that operations refer to, as JSON Schema. */
export const components = nullable(slice.components) as Json;

/** Every operation of the slice, the most particular path first. */
export const operations: readonly Operation[] = Object.entries(slice.paths)
  .sort(([one], [other]) => other.length - one.length)
  .flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => operationOf(path, method, described)),
  );

function operationOf(path: string, method: string, described: Described): Operation {
  const parameters = described.parameters.map(resolved) as unknown as Parameter[];
  const [[status, success]] = Object.entries(described.responses) as [[string, Content]];
  const json = success.content?.['application/json'];
  const example = resolved(Object.values(json?.examples ?? {})[0] ?? {});
  const body = described.requestBody?.content?.['application/json']?.schema;
  return {
    id: described.operationId,
    method: method.toUpperCase(),
    path: pattern(path, parameters),
    parameters,
    body: body === undefined ? null : (nullable(body) as Json),
    status: Number(status),
    answer:
      json === undefined
        ? null
        : { schema: nullable(json.schema) as Json, example: example['value'] },
  };
}

function pattern(path: string, parameters: readonly Parameter[]): RegExp {
  const several = (name: string) =>
    parameters.some((one) => one.name === name && one['x-multi-segment'] === true);
  const text = path.replaceAll(
    /\{(\w+)\}/g,
    (_, name: string) => `(?<${name}>${several(name) ? '.+' : '[^/]+'})`,
  );
  return new RegExp(`^${text}$`);
}

function resolved(value: Json): Json {
  const { $ref: reference } = value;
  if (typeof reference !== 'string') return value;
  const [, , kind = '', name = ''] = reference.split('/');
  return slice.components[kind]?.[name] ?? {};
}

/** OpenAPI 3.0 has `nullable` where JSON Schema has a type `null`. */
function nullable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nullable);
  if (typeof value !== 'object' || value === null) return value;
  const inside = Object.fromEntries(
    Object.entries(value as Json)
      .filter(([key]) => key !== 'nullable' && key !== 'discriminator')
      .map(([key, one]) => [key, nullable(one)]),
  );
  return (value as Json)['nullable'] === true ? { anyOf: [{ type: 'null' }, inside] } : inside;
}
