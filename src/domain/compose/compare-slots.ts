import { slotLeaves, type Leaf, type LeafValue } from './slot-leaves';

/** A slot's compose document and its project. */
export interface SlotDocument {
  readonly project: string;
  readonly document: unknown;
}

export interface Comparison {
  /** null = nothing of ours serves. */
  readonly before: SlotDocument | null;
  readonly after: SlotDocument;
  /** The team's project as evaluated, and as written: with its variables. null = not known. */
  readonly evaluated: unknown;
  readonly written: unknown;
  /** Keyed: equal values have equal hashes, and no value can be had from one. */
  readonly hash: (text: string) => string;
}

/** Keys whose values are names and kinds, never secrets; what we write there ourselves is among them. */
const open = new Set(
  ['condition', 'driver', 'external', 'image', 'internal', 'mode', 'name', 'protocol'].concat(
    ['propagation', 'pull_policy', 'required', 'restart', 'selinux', 'target', 'type'],
    ['aliases', 'cpus', 'memory', 'disable', 'interval', 'timeout', 'start_period', 'retries'],
    ['stop_grace_period', 'stop_signal', 'replicas', 'scale'],
  ),
);

/**
 * What changes in a slot's compose document against the one that serves, as lines `- path: value` and `+ path: value`. A
 * text is shown only where the team's file has it literally; what came in from a variable, an env file or an input, and every
 * environment value, is shown as its keyed hash.
 */
export function compareSlots({
  before,
  after,
  evaluated,
  written,
  hash,
}: Comparison): readonly string[] {
  const old: ReadonlyMap<string, Leaf> =
    before === null ? new Map<string, Leaf>() : slotLeaves(before.document, before.project);
  const next = slotLeaves(after.document, after.project);
  const literal = literalPaths(evaluated, written);
  const paths = [...new Set([...old.keys(), ...next.keys()])];
  const show = (leaf: Leaf, sure: boolean): string => {
    const text = JSON.stringify(leaf.value);
    const shown = isOpen(leaf) || sure ? text : `(keyed hash ${hash(text).slice(0, 12)})`;
    return `${leaf.path.join('.')}: ${shown}`;
  };
  return paths.flatMap((path) => {
    const [was, is] = [old.get(path), next.get(path)];
    if (was !== undefined && is !== undefined && same(was.value, is.value)) return [];
    return [
      ...(was === undefined ? [] : [`- ${show(was, false)}`]),
      ...(is === undefined ? [] : [`+ ${show(is, same(literal.get(path), is.value))}`]),
    ];
  });
}

const same = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

function isOpen({ path, value }: Leaf): boolean {
  if (path.includes('environment')) return false;
  if (typeof value === 'number' || typeof value === 'boolean') return true;
  if (['networks', 'depends_on'].includes(path[2] ?? '')) return true;
  return path.includes('labels') ? false : open.has(path.at(-1) ?? '');
}

/** Values that stand in the team's files as they are: evaluated they are what is written, so no variable is in them. */
function literalPaths(evaluated: unknown, written: unknown): ReadonlyMap<string, LeafValue> {
  const texts = slotLeaves(written, '\0');
  const values = slotLeaves(evaluated, '\0');
  return new Map(
    [...values].flatMap(([path, { path: words, value }]) => {
      const text = texts.get(path);
      const plain = text !== undefined && same(text.value, value) && !hasVariable(value);
      return plain && !words.includes('environment') ? [[path, value] as const] : [];
    }),
  );
}

/** A `$$` is a dollar sign; any other one would be a variable that was not replaced. */
function hasVariable(value: LeafValue): boolean {
  return /\$/.test(JSON.stringify(value).replaceAll('$$', ''));
}
