import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { EngineError, RemoteFailure, ShiplockError, messageOf } from '../../errors';
import { errorField } from '../error-field';

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const Complaint = z.object({ message: z.string() });

/** 304 is the engine's word for "is so already". */
export function isGood(message: IncomingMessage): boolean {
  const status = message.statusCode ?? 0;
  return (status >= 200 && status < 300) || status === 304;
}

/** The answer's JSON, undefined when it is empty. */
export async function readJson(message: IncomingMessage): Promise<unknown> {
  const body = await readText(message);
  return body.trim() === '' ? undefined : (JSON.parse(body) as unknown);
}

/** The engine's own words for why it did not do what was asked. */
export async function refusal(message: IncomingMessage, what: string): Promise<EngineError> {
  const body = await readText(message);
  const status = message.statusCode ?? 0;
  return new EngineError(`Docker refused ${what}: ${complaintOf(body)} (status ${status})`, status);
}

function complaintOf(body: string): string {
  try {
    return Complaint.parse(JSON.parse(body)).message;
  } catch {
    return body.trim().slice(0, 500) || 'no reason given';
  }
}

async function readText(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) {
      throw new RemoteFailure(
        'too-much-output',
        'An answer of the Docker engine is larger than 64 MiB',
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: 'Is Docker installed and running on this host? Its socket is missing.',
  ECONNREFUSED: 'Docker is installed but does not run: `systemctl start docker`.',
  EACCES: 'This user may not use Docker: add it to the group `docker` and log in anew.',
};

/** The caller's own signal ended a request. */
export function calledOff(what: string): RemoteFailure {
  return new RemoteFailure('aborted', `${what} was called off`);
}

/** Anything that broke a request off, as an error that says whether the engine may have acted on it. */
export function failureOf(thrown: unknown, what: string): ShiplockError {
  if (thrown instanceof ShiplockError) return thrown;
  const code = errorField(thrown, 'code');
  const hint = HINTS[code];
  if (hint !== undefined) {
    return new RemoteFailure(
      'unreachable',
      `The Docker engine cannot be reached: ${messageOf(thrown)}`,
      {
        hint,
        cause: thrown,
      },
    );
  }
  return new RemoteFailure(
    'lost',
    `The connection to the Docker engine was lost during ${what}: ${messageOf(thrown)}`,
    { hint: 'Whether the engine did it is unknown; the next run looks first.', cause: thrown },
  );
}
