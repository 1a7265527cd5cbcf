import type { Json } from './description';
import type { World } from './world';

/** A request that the description allows. */
export interface Asked {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Json;
  readonly raw: boolean;
  /** GitHub's own example of the answer, to be filled with what the world holds. */
  readonly example: Json;
}

export type Answer =
  | { readonly body: unknown }
  /** All of a list: the server cuts it into pages, and makes what is on the page. */
  | { readonly list: readonly (() => unknown)[]; readonly as?: string }
  | { readonly text: string }
  | { readonly status: 404 | 413 | 422; readonly message: string };

/** One operation: what a token needs for it, and its answer. */
export interface Handler {
  readonly needs: readonly [scope: string, access: 'read' | 'write'];
  readonly answer: (world: World, asked: Asked) => Answer;
}
