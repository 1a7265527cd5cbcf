import { StringDecoder } from 'node:string_decoder';
import { EngineError, RemoteFailure } from '../../errors';
import type { LogLine } from './types';

/** Bytes of one of the two outputs, as they arrived; a piece is not a line. */
export interface OutputPiece {
  readonly stream: 'stdout' | 'stderr';
  readonly data: Buffer;
}

const HEADER_BYTES = 8;
const MAX_LINE_LENGTH = 64 * 1024;

/**
 * Takes apart the engine's frames: one byte of stream number, three zeros, four of length (big-endian), the payload.
 * Header and payload may be cut anywhere; payload is passed on as it comes and never gathered.
 */
export async function* demultiplex(source: AsyncIterable<Buffer>): AsyncGenerator<OutputPiece> {
  let header = Buffer.alloc(0);
  let frame = { kind: 1, left: 0 };
  let complaint = '';
  for await (const chunk of source) {
    let rest = chunk;
    while (rest.length > 0) {
      if (frame.left === 0) {
        const needed = HEADER_BYTES - header.length;
        header = Buffer.concat([header, rest.subarray(0, needed)]);
        rest = rest.subarray(needed);
        if (header.length < HEADER_BYTES) continue;
        frame = readHeader(header);
        header = Buffer.alloc(0);
        continue;
      }
      const data = rest.subarray(0, frame.left);
      rest = rest.subarray(data.length);
      frame.left -= data.length;
      if (frame.kind === 3) complaint += data.toString('utf8');
      else yield { stream: frame.kind === 2 ? 'stderr' : 'stdout', data };
    }
  }
  if (complaint !== '')
    throw new EngineError(`The Docker engine broke the output off: ${complaint}`, 0);
  if (header.length > 0 || frame.left > 0) {
    throw new RemoteFailure('lost', "The Docker engine's output ended in the middle of a frame");
  }
}

function readHeader(header: Buffer): { kind: number; left: number } {
  const kind = header.readUInt8(0);
  if (kind > 3 || header.readUIntBE(1, 3) !== 0) {
    throw new RemoteFailure('lost', "The Docker engine's output is not in frames");
  }
  return { kind, left: header.readUInt32BE(4) };
}

/** The output of a terminal: not framed, all of it stdout. */
export async function* rawOutput(source: AsyncIterable<Buffer>): AsyncGenerator<OutputPiece> {
  for await (const data of source) yield { stream: 'stdout', data };
}

/** Whole lines without their end, in the order in which they ended; a line without an end in 64 Ki characters is cut. */
export async function* splitLines(pieces: AsyncIterable<OutputPiece>): AsyncGenerator<LogLine> {
  const streams = { stdout: new LineBuffer(), stderr: new LineBuffer() };
  for await (const { stream, data } of pieces) {
    for (const line of streams[stream].take(data)) yield { stream, line };
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    for (const line of streams[stream].rest()) yield { stream, line };
  }
}

/** One JSON value a line, as `/events` and `/images/create` send them. */
export async function* jsonLines(source: AsyncIterable<Buffer>): AsyncGenerator {
  for await (const { line } of splitLines(rawOutput(source))) {
    if (line.trim() !== '') yield JSON.parse(line) as unknown;
  }
}

class LineBuffer {
  readonly #decoder = new StringDecoder('utf8');
  #pending = '';

  take(data: Buffer): string[] {
    const lines = (this.#pending + this.#decoder.write(data)).split('\n');
    this.#pending = lines.pop() ?? '';
    while (this.#pending.length > MAX_LINE_LENGTH) {
      lines.push(this.#pending.slice(0, MAX_LINE_LENGTH));
      this.#pending = this.#pending.slice(MAX_LINE_LENGTH);
    }
    return lines.map(withoutReturn);
  }

  rest(): string[] {
    const last = this.#pending + this.#decoder.end();
    this.#pending = '';
    return last === '' ? [] : [withoutReturn(last)];
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
