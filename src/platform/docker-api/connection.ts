import type { Agent, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Attempt } from './attempt';
import type { EngineRequest } from './request';
import { StreamAgent } from './stream-agent';
import { Turns } from './turns';

const POOLED = 4;

/** HTTP to one engine: four kept connections for short calls (they become SSH channels, of which sshd allows ten), one each for long ones. */
export class EngineConnection {
  /** Node's agent does not count connections that are still being made, so it is never asked for more. */
  readonly #turns = new Turns(POOLED);
  readonly #pooled: Agent;
  readonly #dedicated: Agent;
  readonly #apiVersion: () => Promise<string>;

  /** @param apiVersion '' = the engine's own default */
  constructor(open: () => Promise<Duplex>, apiVersion: () => Promise<string>) {
    this.#apiVersion = apiVersion;
    this.#pooled = new StreamAgent(open, { keepAlive: true, maxSockets: POOLED });
    this.#dedicated = new StreamAgent(open, { keepAlive: false });
  }

  /** The answer's JSON, undefined when it is empty. A GET whose kept connection turns out dead is asked once more. */
  async send(request: EngineRequest): Promise<unknown> {
    const prefix = await this.#prefix(request);
    if (request.dedicated === true) return new Attempt(request, prefix, this.#dedicated).json();
    return this.#turns.take(async () => {
      const attempt = new Attempt(request, prefix, this.#pooled);
      try {
        return await attempt.json();
      } catch (thrown) {
        const asking = request.method === 'GET' || request.method === 'HEAD';
        if (!asking || !attempt.diedUnused(thrown)) throw thrown;
        return new Attempt(request, prefix, this.#pooled).json();
      }
    });
  }

  /** The answer as a stream of bytes; leaving a loop over it, or destroying it, ends the request. */
  async open(request: EngineRequest): Promise<IncomingMessage> {
    const prefix = await this.#prefix(request);
    const message = await new Attempt(request, prefix, this.#dedicated).head();
    // An abort after the last reader has left would otherwise be an unhandled 'error' event.
    return message.on('error', () => undefined);
  }

  /** The connection itself, from where the engine turned it into a raw stream. */
  async hijack(request: EngineRequest): Promise<Duplex> {
    const headers = { ...request.headers, Connection: 'Upgrade', Upgrade: 'tcp' };
    const prefix = await this.#prefix(request);
    const socket = await new Attempt({ ...request, headers }, prefix, this.#dedicated).upgrade();
    return socket.on('error', () => undefined);
  }

  close(): void {
    this.#pooled.destroy();
    this.#dedicated.destroy();
  }

  async #prefix({ unversioned }: EngineRequest): Promise<string> {
    const version = unversioned === true ? '' : await this.#apiVersion();
    return version === '' ? '' : `/v${version}`;
  }
}
