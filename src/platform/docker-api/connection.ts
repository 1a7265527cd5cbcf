import type { Agent, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Attempt } from './attempt';
import type { EngineRequest } from './request';
import { StreamAgent } from './stream-agent';
import { Turns } from './turns';

const POOLED = 4;

/** HTTP to one engine: four kept connections for short calls (they become SSH channels, of which sshd allows ten), one each for long ones. */
export class EngineConnection {
  /** Set once it is negotiated; until then the engine's own default answers. */
  apiVersion = '';
  /** Node's agent does not count connections that are still being made, so it is never asked for more. */
  readonly #turns = new Turns(POOLED);
  readonly #pooled: Agent;
  readonly #dedicated: Agent;

  constructor(open: () => Promise<Duplex>) {
    this.#pooled = new StreamAgent(open, { keepAlive: true, maxSockets: POOLED });
    this.#dedicated = new StreamAgent(open, { keepAlive: false });
  }

  /** The answer's JSON, undefined when it is empty. A GET whose kept connection turns out dead is asked once more. */
  send(request: EngineRequest): Promise<unknown> {
    if (request.dedicated === true) return this.#attempt(request, this.#dedicated).json();
    return this.#turns.take(async () => {
      const attempt = this.#attempt(request, this.#pooled);
      try {
        return await attempt.json();
      } catch (thrown) {
        const asking = request.method === 'GET' || request.method === 'HEAD';
        if (!asking || !attempt.diedUnused(thrown)) throw thrown;
        return this.#attempt(request, this.#pooled).json();
      }
    });
  }

  /** The answer as a stream of bytes; leaving a loop over it, or destroying it, ends the request. */
  async open(request: EngineRequest): Promise<IncomingMessage> {
    const message = await this.#attempt(request, this.#dedicated).head();
    // An abort after the last reader has left would otherwise be an unhandled 'error' event.
    return message.on('error', () => undefined);
  }

  /** The connection itself, from where the engine turned it into a raw stream. */
  async hijack(request: EngineRequest): Promise<Duplex> {
    const headers = { ...request.headers, Connection: 'Upgrade', Upgrade: 'tcp' };
    const socket = await this.#attempt({ ...request, headers }, this.#dedicated).upgrade();
    return socket.on('error', () => undefined);
  }

  close(): void {
    this.#pooled.destroy();
    this.#dedicated.destroy();
  }

  #attempt(request: EngineRequest, agent: Agent): Attempt {
    const prefix = this.apiVersion === '' ? '' : `/v${this.apiVersion}`;
    return new Attempt(request, prefix, agent);
  }
}
