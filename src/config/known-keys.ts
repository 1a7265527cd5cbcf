import { z } from 'zod';
import { durationPattern } from './fields';
import { configSchema } from './schema';
import type { Path } from './yaml-source';

interface SchemaNode {
  readonly description?: string;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

/** The JSON Schema of `shiplock.yml`, as editors read it. */
export function configJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(configSchema, { io: 'input' });
}

function step(node: SchemaNode, key: PropertyKey): readonly SchemaNode[] {
  const rest =
    typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;
  const own = typeof key === 'number' ? node.items : (node.properties?.[String(key)] ?? rest);
  return own === undefined ? [] : [own, ...(own.anyOf ?? [])];
}

function nodesAt(path: Path): readonly SchemaNode[] {
  let nodes: readonly SchemaNode[] = [configJsonSchema()];
  for (const key of path) nodes = nodes.flatMap((node) => step(node, key));
  return nodes;
}

/** The keys that the map at this path may have. */
export function knownKeys(path: Path): readonly string[] {
  return nodesAt(path).flatMap((node) => Object.keys(node.properties ?? {}));
}

/** What the value at this path is for. */
export function purposeOf(path: Path): string | undefined {
  return nodesAt(path).find(({ description }) => description !== undefined)?.description;
}

/** Whether a duration stands at this path. */
export function isDuration(path: Path): boolean {
  return nodesAt(path).some(({ pattern }) => pattern === durationPattern.source);
}
