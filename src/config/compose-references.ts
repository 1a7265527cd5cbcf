import { parseDocument } from 'yaml';

/** What a compose file says that Compose reads beside it; paths as they are written. */
export interface ComposeReferences {
  /** `include` entries; relative paths in them begin at `base`, default the folder of the first. */
  readonly includes: readonly { readonly paths: readonly string[]; readonly base?: string }[];
  /** Files of `extends`; relative paths in one begin at its own folder. */
  readonly extended: readonly string[];
  /** Files of `env_file` and `label_file`, of services and of includes. */
  readonly data: readonly string[];
  /** Variables that configs and secrets come from. */
  readonly variables: readonly string[];
}

/** Only what begins with one of these is looked for, so a file without any needs no parsing. */
const anything = /\b(?:include|extends|env_file|label_file)\b|^(?:configs|secrets)\b/m;

const none: ComposeReferences = { includes: [], extended: [], data: [], variables: [] };

/** Finds what a compose file refers to; a file that is no YAML refers to nothing, and Compose says so. */
export function composeReferences(text: string): ComposeReferences {
  if (!anything.test(text)) return none;
  const file = read(text);
  if (!isPlain(file)) return none;
  const services = Object.values(isPlain(file['services']) ? file['services'] : {}).filter(isPlain);
  const includes = listOf(file['include']).map(includeOf);
  return {
    includes: includes.map(({ paths, base }) => ({
      paths,
      ...(base === undefined ? {} : { base }),
    })),
    extended: services.flatMap(({ extends: from }) => (isPlain(from) ? textsOf(from['file']) : [])),
    data: [
      ...services.flatMap((service) => [
        ...listOf(service['env_file']).flatMap((one) => textsOf(isPlain(one) ? one['path'] : one)),
        ...listOf(service['label_file']).flatMap(textsOf),
      ]),
      ...includes.flatMap(({ data }) => data),
    ],
    variables: ['configs', 'secrets'].flatMap((kind) =>
      Object.values(isPlain(file[kind]) ? file[kind] : {}).flatMap((one) =>
        isPlain(one) ? textsOf(one['environment']) : [],
      ),
    ),
  };
}

/** Tags of Compose's own (`!reset`, `!override`) are passed over. */
function read(text: string): unknown {
  try {
    const options = { merge: true, strict: false, uniqueKeys: false, logLevel: 'silent' } as const;
    return parseDocument(text, options).toJS({ maxAliasCount: -1 });
  } catch {
    return null;
  }
}

type Plain = Readonly<Record<string, unknown>>;

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as unknown[]) : value === undefined ? [] : [value];

const textsOf = (value: unknown): readonly string[] =>
  listOf(value).filter((one) => typeof one === 'string');

function includeOf(entry: unknown): {
  readonly paths: readonly string[];
  readonly base: string | undefined;
  readonly data: readonly string[];
} {
  if (!isPlain(entry)) return { paths: textsOf(entry), base: undefined, data: [] };
  const base = textsOf(entry['project_directory'])[0];
  return { paths: textsOf(entry['path']), base, data: textsOf(entry['env_file']) };
}
