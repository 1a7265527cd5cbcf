import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a stand-in for an S3 server does with what it holds; each is a fault that a real one cannot be made to have. */
export interface Falsehood {
  /** What `GET` sends in place of the object. */
  readonly content?: (object: Buffer) => Buffer;
  /** What `HEAD` says of its length; null = that there is none. */
  readonly length?: (object: Buffer) => number | null;
  /** Status of a part's upload; default 200. */
  readonly partStatus?: (part: number) => number;
  /** Cuts the connection in the middle of a `GET`. */
  readonly hangUp?: boolean;
}

/** A stand-in for an S3 server that takes any signature and says that all is well. */
export async function startFalseObjectServer(falsehood: Falsehood) {
  const objects = new Map<string, Buffer>();
  const parts = new Map<number, Buffer>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const { pathname: key, searchParams: query } = new URL(request.url ?? '', 'http://x');
      asked.push(
        `${request.method ?? ''}${query.has('uploadId') ? ' upload' : ''}${query.has('uploads') ? ' uploads' : ''}`,
      );
      const object = objects.get(key);
      switch (request.method) {
        case 'PUT':
          put(key, query.get('partNumber'), body, response);
          return undefined;
        case 'POST':
          if (!query.has('uploads')) objects.set(key, Buffer.concat([...parts.values()]));
          return response.end(xml('<UploadId>1</UploadId><ETag>"1"</ETag>'));
        case 'DELETE':
          parts.clear();
          return response.writeHead(204).end();
        default:
          return object === undefined
            ? response.writeHead(404).end(xml('<Code>NoSuchKey</Code>'))
            : get(request.method === 'HEAD', object, response);
      }
    });
  });
  const put = (key: string, part: string | null, body: Buffer, response: ServerResponse) => {
    const status = part === null ? 200 : (falsehood.partStatus?.(Number(part)) ?? 200);
    if (part === null) objects.set(key, body);
    else parts.set(Number(part), body);
    response.writeHead(status, { etag: '"1"' });
    response.end(
      status === 200 ? '' : '<Error><Code>QuotaExceeded</Code><Message>full</Message></Error>',
    );
  };
  const get = (head: boolean, object: Buffer, response: ServerResponse) => {
    if (head) {
      const length = falsehood.length === undefined ? object.length : falsehood.length(object);
      if (length === null) return response.writeHead(404).end();
      return response.writeHead(200, { 'content-length': length }).end();
    }
    const content = falsehood.content?.(object) ?? object;
    response.writeHead(200, { 'content-length': content.length });
    if (falsehood.hangUp !== true) return response.end(content);
    response.write(content.subarray(0, content.length / 2));
    return setTimeout(() => response.destroy(), 20);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    objects,
    /** Methods, in their order. */
    asked,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const xml = (inner: string): string => `<?xml version="1.0"?><Result>${inner}</Result>`;

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
