import { once } from 'node:events';
import { request as startRequest } from 'node:http';
import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { RemoteFailure } from '../../errors';
import { calledOff, failureOf, isGood, readJson, refusal } from './answer';
import type { EngineRequest } from './request';

/** One request from its first byte to its answer or its failure. */
export class Attempt {
  readonly #what: string;
  readonly #timeoutMs: number;
  readonly #signal: AbortSignal | undefined;
  readonly #outgoing: ClientRequest;

  constructor(request: EngineRequest, prefix: string, agent: Agent) {
    this.#what = `${request.method} ${request.path}`;
    this.#timeoutMs = request.timeoutMs ?? 60_000;
    this.#signal = request.signal;
    const body = request.body === undefined ? '' : JSON.stringify(request.body);
    const type = body === '' ? {} : { 'Content-Type': 'application/json' };
    this.#outgoing = startRequest({
      agent,
      method: request.method,
      path: prefix + request.path + queryOf(request.query),
      headers: {
        Host: 'docker',
        ...type,
        ...request.headers,
        'Content-Length': Buffer.byteLength(body),
      },
      ...(request.signal ? { signal: request.signal } : {}),
    });
    this.#outgoing.on('error', () => undefined).end(body);
  }

  /** True when a kept connection had died before this request got anywhere. */
  diedUnused(thrown: unknown): boolean {
    return (
      this.#outgoing.reusedSocket && thrown instanceof RemoteFailure && thrown.reason === 'lost'
    );
  }

  /** The whole answer's JSON. */
  json(): Promise<unknown> {
    return this.#before(async () => {
      const answer = await readJson(await this.#goodAnswer());
      await this.#released();
      return answer;
    });
  }

  /** The answer once its head is here. */
  head(): Promise<IncomingMessage> {
    return this.#before(() => this.#goodAnswer());
  }

  /** The connection is free for the next request a tick after its answer; without the wait that one opens another. */
  async #released(): Promise<void> {
    if (!this.#outgoing.closed) await once(this.#outgoing, 'close');
  }

  upgrade(): Promise<Duplex> {
    return this.#before(async () => {
      const refused = this.#answer().then(async (message) => {
        throw await refusal(message, this.#what);
      });
      const upgraded = new Promise<Duplex>((resolve) => {
        this.#outgoing.once('upgrade', (_message, socket, head) => {
          if (head.length > 0) socket.unshift(head);
          resolve(socket);
        });
      });
      return Promise.race([upgraded, refused]);
    });
  }

  async #goodAnswer(): Promise<IncomingMessage> {
    const message = await this.#answer();
    if (!isGood(message)) throw await refusal(message, this.#what);
    return message;
  }

  #answer(): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      this.#outgoing.once('response', resolve).once('error', reject);
    });
  }

  async #before<T>(work: () => Promise<T>): Promise<T> {
    let late: RemoteFailure | undefined;
    const timer = setTimeout(() => {
      late = new RemoteFailure(
        'deadline',
        `The Docker engine did not answer ${this.#what} within ${this.#timeoutMs / 1000} s`,
      );
      this.#outgoing.destroy(late);
    }, this.#timeoutMs);
    try {
      return await work();
    } catch (thrown) {
      if (late === undefined && this.#signal?.aborted === true) throw calledOff(this.#what);
      throw late ?? failureOf(thrown, this.#what);
    } finally {
      clearTimeout(timer);
    }
  }
}

function queryOf(query: EngineRequest['query'] = {}): string {
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)] as [string, string]],
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}
