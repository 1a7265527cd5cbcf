import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { MadeImage } from '../oci-image';

/** One request that the registry was sent. */
export interface RegistryRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly authorization: string | null;
  readonly body: Buffer;
}

export interface RegistryReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** The connection ends after so many bytes of the body. */
  readonly cutAt?: number;
}

export interface ScriptedRegistry {
  /** `127.0.0.1:…`, as references name it. */
  readonly name: string;
  readonly url: string;
  readonly requests: readonly RegistryRequest[];
  /** What changed something, as `PUT /v2/…`. */
  writes(): readonly string[];
  /** Digest under `repository:tag`. */
  digestOf(name: string): string | undefined;
  /** Puts an image there as if it had been pushed. */
  hold(repository: string, image: MadeImage, ...tags: readonly string[]): void;
  close(): void;
}

export interface Script {
  /** Faults, and what stands in front of a registry; undefined = the registry itself answers. */
  readonly on?: (request: RegistryRequest) => RegistryReply | 'drop' | undefined;
  readonly referrersApi?: boolean;
  readonly mounts?: boolean;
}

interface Kept {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/**
 * A stand-in for a registry with faults that a real one cannot be made to have, and with the referrers API, which Debian's has
 * not. It keeps what it is given in memory, by digest; blobs are shared by all repositories once one of them has them.
 */
export async function startScriptedRegistry(script: Script = {}): Promise<ScriptedRegistry> {
  const requests: RegistryRequest[] = [];
  const store = new Store(script);
  const server: Server = createServer((request, response) => {
    void (async () => {
      const noted = await note(request);
      if (noted === null) return;
      requests.push(noted);
      const reply = script.on?.(noted) ?? store.answer(noted);
      if (reply === 'drop') request.socket.destroy();
      else send(response, reply, noted.method);
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    name: `127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}`,
    requests,
    writes: () =>
      requests
        .filter(({ method }) => method !== 'GET' && method !== 'HEAD')
        .map(({ method, path }) => `${method} ${path}`),
    digestOf: (name) => store.tags.get(name),
    hold: (repository, image, ...tags) => {
      store.hold(repository, image);
      for (const tag of tags) store.tags.set(`${repository}:${tag}`, image.digest);
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Null when the client gave up while it sent. */
async function note(request: IncomingMessage): Promise<RegistryRequest | null> {
  const body = await buffer(request).catch(() => null);
  if (body === null) return null;
  const authorization = request.headers.authorization ?? null;
  return { method: request.method ?? '', path: request.url ?? '', authorization, body };
}

function send(
  response: ServerResponse,
  { status, headers = {}, body = '', cutAt }: RegistryReply,
  method: string,
): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'content-length': String(bytes.length), ...headers });
  if (cutAt === undefined) {
    response.end(method === 'HEAD' ? undefined : bytes);
    return;
  }
  response.write(bytes.subarray(0, cutAt), () => response.destroy());
}

const json = 'application/json';
const hash = (bytes: Buffer): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

class Store {
  readonly tags = new Map<string, string>();
  readonly #manifests = new Map<string, Kept>();
  readonly #blobs = new Map<string, Buffer>();
  readonly #uploads = new Map<string, Buffer>();

  constructor(readonly script: Script) {}

  hold(repository: string, image: MadeImage): void {
    for (const child of image.children) this.hold(repository, child);
    for (const { digest, bytes } of image.blobs) this.#blobs.set(`${repository}@${digest}`, bytes);
    this.#manifests.set(`${repository}@${image.digest}`, image);
  }

  answer(request: RegistryRequest): RegistryReply {
    const url = new URL(request.path, 'http://registry.test');
    const [, repository = '', kind = '', rest = ''] =
      /^\/v2\/(.+?)\/(manifests|blobs|tags|referrers)\/(.*)$/.exec(url.pathname) ?? [];
    if (kind === 'tags') return this.#tagList(repository);
    if (kind === 'manifests') return this.#manifest(request, repository, rest);
    if (kind === 'blobs' && rest.startsWith('uploads/'))
      return this.#upload(request, repository, url);
    if (kind === 'blobs') return this.#blob(`${repository}@${rest}`);
    if (kind === 'referrers' && this.script.referrersApi === true)
      return this.#referrers(repository, rest);
    return { status: 404, body: '404 page not found' };
  }

  #tagList(repository: string): RegistryReply {
    const names = [...this.tags.keys()].filter((name) => name.startsWith(`${repository}:`));
    if (names.length === 0) return { status: 404, body: '{"errors":[{"code":"NAME_UNKNOWN"}]}' };
    const tags = names.map((name) => name.slice(repository.length + 1));
    return {
      status: 200,
      headers: { 'content-type': json },
      body: JSON.stringify({ name: repository, tags }),
    };
  }

  #manifest(
    { method, body }: RegistryRequest,
    repository: string,
    reference: string,
  ): RegistryReply {
    if (method === 'PUT') return this.#takeManifest(repository, reference, body);
    const digest = reference.includes(':')
      ? reference
      : this.tags.get(`${repository}:${reference}`);
    const kept = this.#manifests.get(`${repository}@${digest ?? ''}`);
    if (kept === undefined || digest === undefined)
      return {
        status: 404,
        body: '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}',
      };
    const headers = { 'content-type': kept.mediaType, 'docker-content-digest': digest };
    return { status: 200, headers, body: kept.bytes };
  }

  #takeManifest(repository: string, reference: string, bytes: Buffer): RegistryReply {
    const digest = hash(bytes);
    const value = JSON.parse(bytes.toString()) as {
      mediaType: string;
      subject?: { digest: string };
    };
    this.#manifests.set(`${repository}@${digest}`, { mediaType: value.mediaType, bytes });
    if (!reference.includes(':')) this.tags.set(`${repository}:${reference}`, digest);
    const listed = value.subject !== undefined && this.script.referrersApi === true;
    const subject = listed ? { 'oci-subject': value.subject?.digest ?? '' } : {};
    return { status: 201, headers: { 'docker-content-digest': digest, ...subject } };
  }

  #blob(name: string): RegistryReply {
    const bytes = this.#blobs.get(name);
    return bytes === undefined ? { status: 404 } : { status: 200, body: bytes };
  }

  #upload({ method, body }: RegistryRequest, repository: string, url: URL): RegistryReply {
    const place = `/v2/${repository}/blobs/uploads/1`;
    if (method === 'POST') return this.#startUpload(repository, place, url);
    if (method === 'PATCH') {
      this.#uploads.set(repository, body);
      return { status: 202, headers: { location: `${place}?state=sent` } };
    }
    const bytes = this.#uploads.get(repository) ?? body;
    const digest = url.searchParams.get('digest') ?? '';
    if (hash(bytes) !== digest)
      return { status: 400, body: '{"errors":[{"code":"DIGEST_INVALID"}]}' };
    this.#blobs.set(`${repository}@${digest}`, bytes);
    return { status: 201 };
  }

  #startUpload(repository: string, place: string, { searchParams }: URL): RegistryReply {
    const digest = searchParams.get('mount') ?? '';
    const bytes = this.#blobs.get(`${searchParams.get('from') ?? ''}@${digest}`);
    if (bytes === undefined || this.script.mounts === false)
      return { status: 202, headers: { location: place } };
    this.#blobs.set(`${repository}@${digest}`, bytes);
    return { status: 201 };
  }

  #referrers(repository: string, digest: string): RegistryReply {
    const manifests = [...this.#manifests]
      .filter(([name]) => name.startsWith(`${repository}@`))
      .filter(([, { bytes }]) => bytes.includes('"subject"') && bytes.includes(digest))
      .map(([, { mediaType, bytes }]) => ({ mediaType, digest: hash(bytes), size: bytes.length }));
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const body = JSON.stringify({ schemaVersion: 2, mediaType, manifests });
    return { status: 200, headers: { 'content-type': mediaType }, body };
  }
}
