/** A node of the JSON Schema of shiplock.yml, as far as the reference reads it. */
interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

const start = '<!-- config:start -->';
const end = '<!-- config:end -->';

/** The page with its generated part renewed: one table for each map of the file, in the order of the schema. */
export function renewConfigReference(page: string | undefined, schema: object): string {
  const [from, to] = [page?.indexOf(start) ?? -1, page?.indexOf(end) ?? -1];
  if (page === undefined || from < 0 || to < from)
    throw new Error(`docs/configuration.md needs the lines ${start} and ${end}`);
  const text = sections('', schema, []).join('\n\n');
  return `${page.slice(0, from)}${start}\n\n${text}\n\n${page.slice(to)}`;
}

/** A map's own table, then those of the maps inside it. @param seen keys that an environment repeats */
function sections(path: string, node: Node, seen: readonly string[]): string[] {
  const all = Object.entries(node.properties ?? {});
  const fresh = all.filter(([key]) => !seen.includes(key));
  const note =
    fresh.length === all.length ? [] : ['Every key of the top of the file but `app`, and:'];
  const rows = fresh.map(([key, child]) => row(key, child, node.required?.includes(key) === true));
  const table = ['| Key | Kind | Default | What it means |', '| --- | --- | --- | --- |', ...rows];
  const own = [`### ${path === '' ? 'Top of the file' : `\`${path}\``}`, ...note, table.join('\n')];
  const inner = fresh.flatMap(([key, child]) =>
    inside(path === '' ? key : `${path}.${key}`, child).flatMap(([name, map]) =>
      sections(name, map, key === 'environments' ? Object.keys(node.properties ?? {}) : []),
    ),
  );
  return [...own, ...inner];
}

/** The maps with named keys that a key leads to. */
function inside(path: string, node: Node): [string, Node][] {
  const one = solid(node);
  // Of several kinds at most one is a map with keys.
  const map = [one, ...(one.anyOf ?? [])].find(({ properties }) => properties !== undefined);
  if (map !== undefined) return [[path, map]];
  if (one.items !== undefined) return inside(`${path}[]`, one.items);
  if (typeof one.additionalProperties !== 'object') return [];
  return inside(`${path}.<name>`, one.additionalProperties);
}

/** The alternative that says more than "nothing". */
function solid(node: Node): Node {
  const filled = (node.anyOf ?? []).filter(({ type }) => type !== 'null');
  return filled.length === 1 && filled[0] !== undefined ? filled[0] : node;
}

function row(key: string, node: Node, required: boolean): string {
  const preset = node.default === undefined ? '' : `\`${JSON.stringify(node.default)}\``;
  const missing = required ? '**required**' : preset.replaceAll('"', '');
  const meaning = node.description ?? solid(node).description ?? '';
  return `| \`${key}\` | ${kindOf(node).replaceAll('|', '\\|')} | ${missing} | ${meaning} |`;
}

function kindOf(node: Node): string {
  const one = solid(node);
  if (one.anyOf !== undefined) return [...new Set(one.anyOf.map(kindOf))].join(' or ');
  if (one.const !== undefined) return `\`${one.const}\``;
  if (one.enum !== undefined) return one.enum.map((word) => `\`${word}\``).join(' or ');
  switch (one.type) {
    case 'integer':
      return `whole number${rangeOf(one)}`;
    case 'number':
      return `number${rangeOf(one)}`;
    case 'string':
      return textKind(one);
    case 'boolean':
      return '`true` or `false`';
    case 'array':
      return one.items?.type === 'string' ? 'list of texts' : 'list of maps';
    default:
      return 'map';
  }
}

function textKind({ pattern = '', maxLength }: Node): string {
  if (pattern.includes('ms)')) return 'duration';
  return maxLength === undefined ? 'text' : `text of at most ${maxLength} characters`;
}

function rangeOf({ minimum, maximum = Number.MAX_SAFE_INTEGER }: Node): string {
  if (minimum === undefined) return '';
  return maximum === Number.MAX_SAFE_INTEGER ? `, at least ${minimum}` : ` ${minimum}–${maximum}`;
}
