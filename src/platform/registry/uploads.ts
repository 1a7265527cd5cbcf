import type { Descriptor } from '../../domain/registry/manifest';
import { RegistryFailure } from '../../errors';
import type { Blobs } from './blobs';
import type { Question, RegistryConnection } from './connection';
import type { Answer } from './exchange';

/** Where a blob comes from. */
export interface BlobSource extends Pick<Blobs, 'openBlob'> {
  readonly registry: string;
  readonly path: string;
}

/** How a repository is given blobs. Calls throw a RegistryFailure. */
export interface Uploads {
  /** Takes a blob from another repository: by a mount within one registry, else by its bytes. Without an error it is there. */
  takeBlob(blob: Descriptor, from: BlobSource): Promise<'mounted' | 'copied'>;
}

interface Target {
  readonly connection: RegistryConnection;
  readonly path: string;
}

const attempts = 3;
const push = (path: string): string => `repository:${path}:pull,push`;

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs */
export function uploadCalls(connection: RegistryConnection, path: string): Uploads {
  const target = { connection, path };
  return {
    takeBlob: async (blob, from) => {
      const begun = from.registry === connection.registry ? await mount(target, blob, from) : null;
      if (begun?.status === 201) return 'mounted';
      for (let attempt = 1; ; attempt += 1) {
        try {
          await copy(target, blob, from, attempt === 1 ? begun : null);
          return 'copied';
        } catch (thrown) {
          const again = thrown instanceof RegistryFailure && thrown.retryAfterMs !== null;
          if (!again || attempt >= attempts) throw thrown;
        }
      }
    },
  };
}

function uploadOf({ path }: Target, what: string) {
  const at = `/v2/${path}/blobs/uploads/`;
  return { what, method: 'POST', at, take: 64 * 1024, scopes: [push(path)] } as const;
}

/** 201 = the blob is there; 202 = it is not, and an upload has begun; null = this registry, or this login, may not mount. */
async function mount(
  target: Target,
  { digest }: Descriptor,
  from: BlobSource,
): Promise<Answer | null> {
  const upload = uploadOf(target, `to mount ${digest} of ${from.path} in ${target.path}`);
  const query = new URLSearchParams({ mount: digest, from: from.path }).toString();
  const scopes = [...upload.scopes, `repository:${from.path}:pull`];
  const question = { ...upload, at: `${upload.at}?${query}`, scopes, expected: [201, 202] };
  try {
    return await target.connection.ask(question);
  } catch (thrown) {
    if (thrown instanceof RegistryFailure && thrown.status >= 400 && thrown.status < 429)
      return null;
    throw thrown;
  }
}

/** The bytes go in one PATCH, as docker sends them; the registry has not seen their end when they turn out to be wrong. */
async function copy(
  target: Target,
  blob: Descriptor,
  from: BlobSource,
  begun: Answer | null,
): Promise<void> {
  const { connection } = target;
  const upload = uploadOf(target, `to take ${blob.digest} in ${target.path}`);
  const started = begun ?? (await connection.ask({ ...upload, expected: [202] }));
  const sent = await connection.ask({
    ...{
      ...upload,
      method: 'PATCH',
      at: placeIn(started, target, upload).href,
      expected: [201, 202, 204],
    },
    headers: { 'content-type': 'application/octet-stream' },
    body: await from.openBlob(blob),
  });
  const place = placeIn(sent, target, upload);
  place.searchParams.set('digest', blob.digest);
  await connection.ask({ ...upload, method: 'PUT', at: place.href, expected: [201] });
}

function placeIn(
  { headers, url }: Answer,
  { connection }: Target,
  question: Pick<Question, 'what'>,
): URL {
  const place = URL.parse(headers.get('location') ?? 'none:', url.href);
  if (place !== null && place.protocol !== 'none:') return place;
  throw connection.wrong(question, 'it does not say where to');
}
