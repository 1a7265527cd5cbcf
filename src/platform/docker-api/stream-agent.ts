import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';

/** An agent whose connections are whatever `open` gives: unix sockets, or SSH channels. */
export class StreamAgent extends Agent {
  readonly #open: () => Promise<Duplex>;

  constructor(open: () => Promise<Duplex>, options: ConstructorParameters<typeof Agent>[0]) {
    super(options);
    this.#open = open;
  }

  override createConnection(
    _options: unknown,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.#open().then(
      (stream) => callback?.(null, stream),
      // Node's own agent calls back with the error alone; its type does not know that.
      (error: unknown) => (callback as ((error: unknown) => void) | undefined)?.(error),
    );
  }
}
