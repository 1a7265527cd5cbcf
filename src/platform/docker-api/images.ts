import { z } from 'zod';
import type { RegistryAuth } from '../../domain/images/registry-login';
import { EngineError, RemoteFailure } from '../../errors';
import { failureOf } from './answer';
import type { EngineConnection } from './connection';
import { isHealthCheck } from './container-readers';
import { count, mapOf, readAnswer, text, textMap, texts } from './readers';
import { jsonLines } from './streams';
import type { ImageDetails } from './types';

export interface PullOptions {
  readonly auth?: RegistryAuth | undefined;
  /** Gets one line a layer and state, such as `Pull complete`; never the counting in between. */
  readonly onProgress?: ((line: string) => void) | undefined;
  /** For the whole pull; default 10 minutes. */
  readonly timeoutMs?: number | undefined;
}

export interface ImageCalls {
  /** 404 when the engine does not have it. */
  inspectImage(reference: string): Promise<ImageDetails>;
  /** `reference` is `repo:tag` or `repo@sha256:…`; without either the tag is `latest`. */
  pullImage(reference: string, options?: PullOptions): Promise<void>;
  /** The registry's digest of a reference, `sha256:…`, as the engine sees it; nothing is downloaded. */
  distributionDigest(reference: string, auth?: RegistryAuth): Promise<string>;
  removeImage(reference: string): Promise<void>;
}

const Image = z
  .object({
    Id: z.string(),
    RepoTags: texts,
    RepoDigests: texts,
    Size: count,
    Os: text,
    Architecture: text,
    Config: z
      .object({
        Labels: textMap,
        ExposedPorts: mapOf(z.object({})),
        Healthcheck: z.object({ Test: texts }).nullish(),
      })
      .nullish(),
  })
  .transform((answer): ImageDetails => ({
    id: answer.Id,
    tags: answer.RepoTags,
    digests: answer.RepoDigests,
    sizeBytes: answer.Size,
    labels: answer.Config?.Labels ?? {},
    hasHealthCheck: isHealthCheck(answer.Config?.Healthcheck?.Test),
    exposedPorts: Object.keys(answer.Config?.ExposedPorts ?? {}),
    os: answer.Os,
    architecture: answer.Architecture,
  }));

const Distribution = z.object({ Descriptor: z.object({ digest: z.string() }) });
const PullLine = z.object({
  id: text,
  status: text,
  error: text,
  progressDetail: z.object({ total: z.number().optional() }).nullish(),
});

/** Images here and in registries. */
export function imageCalls(connection: EngineConnection): ImageCalls {
  return {
    inspectImage: async (reference) => {
      const path = `/images/${imagePath(reference)}/json`;
      return readAnswer(Image, await connection.send({ method: 'GET', path }), path);
    },
    pullImage: (reference, options = {}) => pull(connection, reference, options),
    distributionDigest: async (reference, auth) => {
      const path = `/distribution/${imagePath(reference)}/json`;
      const headers = authHeader(auth);
      const answer = await connection.send({ method: 'GET', path, headers, timeoutMs: 25_000 });
      return readAnswer(Distribution, answer, path).Descriptor.digest;
    },
    removeImage: async (reference) => {
      const path = `/images/${imagePath(reference)}`;
      // Untagged parents are somebody's, too.
      const query = { noprune: true };
      await connection.send({ method: 'DELETE', path, query, dedicated: true });
    },
  };
}

async function pull(
  connection: EngineConnection,
  reference: string,
  { auth, onProgress, timeoutMs = 600_000 }: PullOptions,
): Promise<void> {
  const message = await connection
    .open({
      method: 'POST',
      path: '/images/create',
      query: imageQuery(reference),
      headers: authHeader(auth),
    })
    .catch((thrown: unknown) => {
      throw thrown instanceof EngineError ? notPulled(reference, thrown.message, thrown) : thrown;
    });
  const timer = setTimeout(() => {
    const late = `The pull of ${reference} did not end within ${timeoutMs / 1000} s`;
    message.destroy(new RemoteFailure('deadline', late));
  }, timeoutMs);
  try {
    for await (const line of jsonLines(message)) {
      const { error, id, status, progressDetail } = readAnswer(
        PullLine,
        line,
        'POST /images/create',
      );
      if (error !== '')
        throw new EngineError(`The image ${reference} cannot be pulled: ${error}`, 0);
      if (progressDetail?.total === undefined)
        onProgress?.(id === '' ? status : `${id}: ${status}`);
    }
  } catch (thrown) {
    throw failureOf(thrown, `the pull of ${reference}`);
  } finally {
    clearTimeout(timer);
  }
}

function notPulled(reference: string, words: string, cause?: EngineError): EngineError {
  return new EngineError(`The image ${reference} cannot be pulled: ${words}`, cause?.status ?? 0, {
    hint: 'Is the name right, was it pushed, and may this registry login read it?',
    cause,
  });
}

/** The engine wants the digest in the place of the tag; without any tag it would pull all of them. */
function imageQuery(reference: string): { fromImage: string; tag?: string } {
  const [name = '', digest] = reference.split('@');
  if (digest !== undefined) return { fromImage: name, tag: digest };
  return { fromImage: /:[^/]*$/.test(name) ? name : `${name}:latest` };
}

/** Slashes part the path of a repository; everything else is data. */
function imagePath(reference: string): string {
  return reference.split('/').map(encodeURIComponent).join('/');
}

/** URL-safe base64 with its padding: without that the engine reads no credentials and says nothing. */
function authHeader(auth: RegistryAuth | undefined): Record<string, string> {
  if (auth === undefined) return {};
  const encoded = Buffer.from(JSON.stringify(auth)).toString('base64');
  return { 'X-Registry-Auth': encoded.replaceAll('+', '-').replaceAll('/', '_') };
}
