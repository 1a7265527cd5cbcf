import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { Duplex } from 'node:stream';
import { resolvable } from '../resolvable';

/** What a WebSocket of the dinghy app has been sent. */
export interface SocketReport {
  /** The server closed it as agreed, and no message in between was lost. */
  readonly completed: boolean;
  readonly messages: number;
  readonly versions: readonly string[];
}

/** A WebSocket of `seconds`; `opened` resolves with the first message, `ended` always resolves. */
export interface OpenSocket {
  readonly opened: Promise<void>;
  readonly ended: Promise<SocketReport>;
}

type Message = Readonly<{ version: string; number: number }>;

/** Opens a WebSocket at `url` (the origin) with `host` as Host header, which Node's own client cannot be told; the path is any. */
export function openSocket(options: {
  readonly url: string;
  readonly host: string;
  readonly seconds: number;
}): OpenSocket {
  const { url, host, seconds } = options;
  const key = randomBytes(16).toString('base64');
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };
  const headers = { host, ...upgrade, 'sec-websocket-version': '13', 'sec-websocket-key': key };
  const request = http.get(`${url}/socket?seconds=${seconds}`, { agent: false, headers });
  const opened = resolvable<undefined>();
  const ended = resolvable<SocketReport>();
  const sent: Message[] = [];
  const finish = (closeCode = 0): void => {
    opened.reject(new Error('closed before its first message'));
    ended.resolve(judge(sent, seconds, closeCode));
  };
  opened.promise.catch(() => undefined); // told by `ended` as well
  request.on('error', () => finish());
  request.on('response', (response) => {
    response.resume();
    finish();
  });
  request.on('upgrade', (_, socket, head) => {
    const read = (message: Message): void => {
      sent.push(message);
      opened.resolve(undefined);
    };
    follow(socket, head, read, finish);
  });
  return { opened: opened.promise, ended: ended.promise };
}

/** Reads frames until the connection is closed, then tells the code of the close frame, if there was one. */
function follow(
  socket: Duplex,
  head: Buffer,
  read: (message: Message) => void,
  finish: (closeCode?: number) => void,
): void {
  let rest = Buffer.alloc(0);
  let closeCode: number | undefined;
  const take = (chunk: Buffer): void => {
    const frames = framesIn(Buffer.concat([rest, chunk]));
    rest = frames.rest;
    for (const { kind, content } of frames.read) {
      if (kind === 1) read(JSON.parse(content.toString()) as Message);
      if (kind === 8 && content.length >= 2) closeCode = content.readUInt16BE();
    }
  };
  take(head);
  socket.on('data', take);
  socket.on('error', () => finish());
  socket.on('end', () => socket.end());
  socket.on('close', () => finish(closeCode));
}

function judge(sent: readonly Message[], seconds: number, closeCode: number): SocketReport {
  const gapless = sent.every(({ number }, at) => number === at);
  return {
    completed: closeCode === 1000 && gapless && sent.length === seconds * 4,
    messages: sent.length,
    versions: [...new Set(sent.map(({ version }) => version))],
  };
}

/** The whole frames at the beginning of some bytes; the app's are all shorter than 126 bytes, and a server's are not masked. */
function framesIn(bytes: Buffer): {
  readonly read: readonly { readonly kind: number; readonly content: Buffer }[];
  readonly rest: Buffer<ArrayBuffer>;
} {
  const read = [];
  let at = 0;
  for (;;) {
    const end = at + 2 + (bytes[at + 1] ?? 0);
    if (at + 2 > bytes.length || end > bytes.length) break;
    read.push({ kind: (bytes[at] ?? 0) & 15, content: bytes.subarray(at + 2, end) });
    at = end;
  }
  return { read, rest: Buffer.from(bytes.subarray(at)) };
}
