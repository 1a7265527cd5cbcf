import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import type { Problem } from '../domain/problem';
import { messageOf } from '../errors';

export type Path = readonly PropertyKey[];

/** A YAML text as plain data, with the line of each path in it. */
export interface YamlSource {
  readonly data: unknown;
  /** Whether the text says something at this path. */
  readonly has: (path: Path) => boolean;
  readonly lineOf: (path: Path) => number | undefined;
}

/** More aliases than this are an attack or an accident: ten nested lists of ten anchors fill any memory. */
const aliasLimit = 100;

/** Reads one YAML document; what is wrong with its syntax comes back as problems. */
export function readYaml(text: string): YamlSource | readonly Problem[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const problems = [...document.errors, ...document.warnings].map(({ message, pos }) => ({
    path: '',
    says: firstLine(message),
    fix: 'correct the YAML there',
    line: lines.linePos(pos[0]).line,
  }));
  if (problems.length > 0) return problems;
  try {
    const data: unknown = document.toJS({ maxAliasCount: aliasLimit });
    return {
      data,
      has: (path) => document.hasIn(path),
      lineOf: (path) => lineOf(document, lines, path),
    };
  } catch (thrown) {
    return [{ path: '', says: messageOf(thrown), fix: 'write the values out instead of aliases' }];
  }
}

const firstLine = (message: string): string => (message.split('\n')[0] ?? '').replace(/[.:]$/, '');

/** The line of the deepest part of the path that stands in the text. */
function lineOf(document: Document, lines: LineCounter, path: Path): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const key of path) {
    const child = childOf(isAlias(node) ? node.resolve(document) : node, key);
    if (child === undefined) break;
    offset = (isNode(child.at) ? child.at.range?.[0] : undefined) ?? offset;
    node = child.value;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

function childOf(node: unknown, key: PropertyKey): { at: unknown; value: unknown } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(key)];
    return item === undefined ? undefined : { at: item, value: item };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(
    (entry) => isScalar(entry.key) && String(entry.key.value) === String(key),
  );
  return pair === undefined ? undefined : { at: pair.key, value: pair.value };
}
