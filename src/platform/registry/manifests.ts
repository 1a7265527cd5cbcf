import {
  manifestTypes,
  readManifest,
  type Descriptor,
  type Manifest,
} from '../../domain/registry/manifest';
import { nextPage, tagsOnPage } from '../../domain/registry/pages';
import { listedIn, referrersTag } from '../../domain/registry/referrers';
import type { Answer } from './exchange';
import type { Question, RegistryConnection } from './connection';
import { digestOf } from './verified';

/** What a repository tells of its manifests. Calls throw a RegistryFailure. */
export interface Manifests {
  /** By tag or digest, its own digest proven; null when there is none. */
  manifest(reference: string): Promise<Manifest | null>;
  /**
   * Writes it under a tag, or its digest.
   * @returns whether the registry itself lists it among what refers to its subject
   */
  put(reference: string, manifest: Pick<Manifest, 'mediaType' | 'bytes'>): Promise<boolean>;
  /** Names of all tags; null when the registry knows no such repository. */
  tags(): Promise<readonly string[] | null>;
  /** What refers to a digest (signatures, SBOMs): by the referrers API, else by the tag that takes its place. */
  referrers(digest: string): Promise<readonly Descriptor[]>;
}

/** The least that a registry must take, and the most that they usually do. */
const largestManifest = 4 * 1024 * 1024;
const largestPage = 16 * 1024 * 1024;
const mostPages = 1000;

/** @param path in the registry, such as `octo/app` */
export function manifestCalls(connection: RegistryConnection, path: string): Manifests {
  const below = (rest: string): string => `/v2/${path}/${rest}`;
  const scopes = [`repository:${path}:pull`];
  const get = { method: 'GET', scopes, take: largestManifest } as const;
  const calls: Manifests = {
    manifest: async (reference) => {
      const what = `for the manifest ${path} ${reference}`;
      const headers = { accept: manifestTypes.join(', ') };
      const at = below(`manifests/${reference}`);
      const question: Question = { ...get, what, at, headers, expected: [200, 404] };
      const answer = await connection.ask(question);
      return answer.status === 404 ? null : proven(connection, question, answer, reference);
    },
    put: (reference, manifest) => putManifest(connection, path, reference, manifest),
    tags: async () => {
      const question: Question = {
        ...{ ...get, what: `for the tags of ${path}`, at: below('tags/list?n=1000') },
        ...{ take: largestPage, expected: [200, 404] },
      };
      return readPages(connection, question, ({ bytes }) => {
        const tags = tagsOnPage(textOf(bytes));
        if (tags === null) throw connection.wrong(question, 'what came is no list');
        return tags;
      });
    },
    referrers: async (digest) => {
      const what = `what refers to ${digest} of ${path}`;
      const at = below(`referrers/${digest}`);
      const question: Question = { ...get, what, at, expected: [200, 400, 404, 405, 406] };
      const listed = await readPages(connection, question, referrersIn);
      return listed ?? listedIn(await calls.manifest(referrersTag(digest)));
    },
  };
  return calls;
}

async function putManifest(
  connection: RegistryConnection,
  path: string,
  reference: string,
  { mediaType, bytes }: Pick<Manifest, 'mediaType' | 'bytes'>,
): Promise<boolean> {
  const what = `to take the manifest ${path} ${reference}`;
  const { headers } = await connection.ask({
    ...{ what, method: 'PUT', at: `/v2/${path}/manifests/${reference}`, take: largestManifest },
    scopes: [`repository:${path}:pull,push`],
    headers: { 'content-type': mediaType },
    body: new Uint8Array(bytes),
    // Not every registry keeps to 201; what a tag holds then is read back anyway.
    expected: [200, 201, 202],
  });
  const [told, digest] = [headers.get('docker-content-digest'), digestOf(bytes)];
  if (told?.startsWith('sha256:') === true && told !== digest)
    throw connection.wrong({ what }, `it keeps ${told}, and was sent ${digest}`);
  return headers.has('oci-subject');
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

function proven(
  connection: RegistryConnection,
  question: Question,
  { bytes, headers }: Answer,
  reference: string,
): Manifest {
  const found = readManifest(textOf(bytes), headers.get('content-type') ?? '');
  if ('wrong' in found) throw connection.wrong(question, found.wrong);
  const told = headers.get('docker-content-digest');
  for (const wanted of [reference.includes(':') ? reference : null, told]) {
    const digest = digestOf(bytes, wanted?.split(':', 1)[0]);
    if (wanted !== null && wanted !== digest)
      throw connection.wrong(question, `what came has the digest ${digest}, not ${wanted}`);
  }
  return { ...found, digest: reference.includes(':') ? reference : digestOf(bytes), bytes };
}

/** Null when this registry has no such API: it then answers as it answers anything unknown, some with 200. */
function referrersIn({ bytes, headers }: Answer): readonly Descriptor[] | null {
  const type = headers.get('content-type') ?? '';
  const found = readManifest(textOf(bytes), type);
  return 'wrong' in found || found.document.kind !== 'index' ? null : found.document.manifests;
}

/** All pages of a list, one after the other; null when the first is not there, or `read` finds no list in it. */
async function readPages<Item>(
  connection: RegistryConnection,
  question: Question,
  read: (answer: Answer) => readonly Item[] | null,
): Promise<readonly Item[] | null> {
  const items: Item[] = [];
  const pages = new Set<string>();
  for (let at: string | null = question.at; at !== null;) {
    if (pages.has(at) || pages.size >= mostPages)
      throw connection.wrong(question, `the list has no end after ${pages.size} pages`);
    pages.add(at);
    const answer: Answer = await connection.ask({ ...question, at });
    const found = answer.status === 200 ? read(answer) : null;
    if (found === null && pages.size === 1) return null;
    if (found === null) throw connection.wrong(question, `page ${pages.size} is no list`);
    items.push(...found);
    const next = nextPage(answer.headers.get('link'));
    at = next === null ? null : (URL.parse(next, answer.url.href)?.href ?? null);
  }
  return items;
}
