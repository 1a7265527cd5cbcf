/** An image reference in its full form, as registries know it. */
export interface ImageReference {
  /** `registry.example.com:5000`; `docker.io` when the text names none. */
  readonly registry: string;
  /** Path in the registry, `library/` added where Docker Hub implies it. */
  readonly path: string;
  readonly tag: string | null;
  /** `sha256:…` */
  readonly digest: string | null;
}

const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const host = new RegExp(`^(?:${label}(?:\\.${label})*|\\[[0-9a-fA-F:]+\\])(?::\\d{1,5})?$`);
const path =
  /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*$/;
const tagShape = /^\w[\w.-]{0,127}$/;
const digestShape = /^sha256:[0-9a-f]{64}$/;
const hub = 'docker.io';

/** Reads `[registry[:port]/]path[:tag][@sha256:…]` by the grammar of the registries; undefined when it is none. */
export function parseReference(text: string): ImageReference | undefined {
  const [named = '', digest = null, ...rest] = text.split('@');
  if (rest.length > 0 || (digest !== null && !digestShape.test(digest))) return undefined;
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const tag = hasTag ? named.slice(colon + 1) : null;
  if (tag !== null && !tagShape.test(tag)) return undefined;
  const name = hasTag ? named.slice(0, colon) : named;
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const isHost = /[.:]/.test(first) || first === 'localhost';
  if (isHost && !host.test(first)) return undefined;
  const registry = isHost ? first.replace(/^index\.docker\.io$/, hub) : hub;
  const written = isHost ? name.slice(slash + 1) : name;
  if (!path.test(written) || written.length > 255) return undefined;
  const implied = registry === hub && !written.includes('/') ? 'library/' : '';
  return { registry, path: implied + written, tag, digest };
}

/** Registry and path, the same for every tag and digest of an image. */
export function repositoryOf({ registry, path }: ImageReference): string {
  return `${registry}/${path}`;
}

/** The reference in full; a missing tag is `latest` unless there is a digest. */
export function formatReference(reference: ImageReference): string {
  const { tag, digest } = reference;
  const named = tag ?? (digest === null ? 'latest' : null);
  const tagged = named === null ? '' : `:${named}`;
  return `${repositoryOf(reference)}${tagged}${digest === null ? '' : `@${digest}`}`;
}

/** `repository@digest`: what a release runs and records. */
export function pinned(reference: ImageReference, digest: string): string {
  return `${repositoryOf(reference)}@${digest}`;
}

/**
 * The digest among an image's `repository@sha256:…` list (as the engine reports it, in short or full form) that belongs to
 * this reference; undefined when it never came from that repository.
 */
export function digestAmong(
  reference: ImageReference,
  repoDigests: readonly string[],
): string | undefined {
  const known = repoDigests.flatMap((text) => parseReference(text) ?? []);
  return known.find((one) => repositoryOf(one) === repositoryOf(reference))?.digest ?? undefined;
}
